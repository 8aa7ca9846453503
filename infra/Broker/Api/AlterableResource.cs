using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

/// <summary>How one setting changes, with the protocol's numbers (KIP-339).</summary>
internal enum SettingOperation : sbyte
{
    Set = 0,
    Delete = 1,
    Append = 2,
    Subtract = 3,
}

internal readonly record struct SettingChange(string Name, SettingOperation Operation, string? Value);

internal readonly record struct AlterableResource(ConfigResource Kind, string Name, IReadOnlyList<SettingChange> Changes);

internal readonly record struct AlteredResource(AlterableResource Resource, ErrorCode Error, string? Reason);

/// <summary>What both APIs that alter settings are asked; they differ in how one change is written.</summary>
internal sealed record AlterConfigsRequest(IReadOnlyList<AlterableResource> Resources, bool IsDryRun)
{
    public static AlterConfigsRequest Read(ref WireReader reader, ReadElement<SettingChange> readChange)
    {
        var resources = reader.ReadArray((ref r) =>
        {
            var resource = new AlterableResource((ConfigResource)r.ReadInt8(), r.ReadString(), r.ReadArray((ref c) =>
            {
                var change = readChange(ref c);
                c.SkipTags();
                return change;
            }));
            r.SkipTags();
            return resource;
        });
        var isDryRun = reader.ReadBoolean();
        reader.SkipTags();
        return new AlterConfigsRequest(resources, isDryRun);
    }
}

internal sealed record AlterConfigsResponse(IReadOnlyList<AlteredResource> Resources)
{
    public void Write(WireWriter writer)
    {
        writer.WriteInt32(0); // throttle time
        writer.WriteArray(Resources, static (w, altered) =>
        {
            w.WriteErrorCode(altered.Error);
            w.WriteReason(altered.Reason);
            w.WriteInt8((sbyte)altered.Resource.Kind);
            w.WriteString(altered.Resource.Name);
            w.WriteEmptyTags();
        });
        writer.WriteEmptyTags();
    }
}
