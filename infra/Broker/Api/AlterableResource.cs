using Streaming.Broker.Topics;
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
            w.WriteNullableString(altered.Reason);
            w.WriteInt8((sbyte)altered.Resource.Kind);
            w.WriteString(altered.Resource.Name);
            w.WriteEmptyTags();
        });
        writer.WriteEmptyTags();
    }
}

/// <summary>Alters the settings of topics, for both APIs that do.</summary>
internal static class TopicAlteration
{
    public static async ValueTask<AlterConfigsResponse?> AlterAsync(
        TopicTable topics, AlterConfigsRequest request, bool isReplacing, CancellationToken cancellationToken)
    {
        var altered = new List<AlteredResource>();
        foreach (var resource in request.Resources)
            altered.Add(await AlterAsync(topics, resource, isReplacing, request.IsDryRun, cancellationToken));
        return new AlterConfigsResponse(altered);
    }

    private static async ValueTask<AlteredResource> AlterAsync(
        TopicTable topics, AlterableResource resource, bool isReplacing, bool isDryRun, CancellationToken cancellationToken)
    {
        if (resource.Kind != ConfigResource.Topic)
            return new AlteredResource(resource, ErrorCode.InvalidRequest, "Only topics have settings that can be altered; the broker's are set at its start.");
        if (TopicName.Refusal(resource.Name) is { } illegal)
            return new AlteredResource(resource, ErrorCode.InvalidTopicException, illegal);
        if (resource.Changes.Select(change => change.Name).Distinct().Count() < resource.Changes.Count)
            return new AlteredResource(resource, ErrorCode.InvalidRequest, "Error due to duplicate config keys");
        if (resource.Changes.FirstOrDefault(change => change is { Value: null, Operation: not SettingOperation.Delete }) is { Name: { } name })
            return new AlteredResource(resource, ErrorCode.InvalidRequest, $"Null value not supported for : {name}");
        if (resource.Changes.FirstOrDefault(IsListChangeOfNoList) is { Name: { } single })
            return new AlteredResource(resource, ErrorCode.InvalidConfig, $"{single} is no list, to which values are appended or from which they are subtracted.");
        var change = await topics.ConfigureAsync(
            resource.Name, before => Apply(isReplacing ? new Dictionary<string, string>() : before, resource.Changes), isDryRun, cancellationToken);
        return new AlteredResource(resource, change.Error, change.Reason);
    }

    private static bool IsListChangeOfNoList(SettingChange change) =>
        change.Operation is SettingOperation.Append or SettingOperation.Subtract
        && TopicSettings.All.TryGetValue(change.Name, out var setting) && setting.Type != SettingType.List;

    private static Dictionary<string, string> Apply(IReadOnlyDictionary<string, string> before, IReadOnlyList<SettingChange> changes)
    {
        var after = new Dictionary<string, string>(before);
        foreach (var change in changes)
            Apply(after, change);
        return after;
    }

    private static void Apply(Dictionary<string, string> settings, SettingChange change)
    {
        switch (change.Operation)
        {
            case SettingOperation.Set:
                settings[change.Name] = change.Value!;
                break;
            case SettingOperation.Delete:
                settings.Remove(change.Name);
                break;
            case SettingOperation.Append:
                settings[change.Name] = string.Join(',', Items(settings, change.Name).Union(change.Value!.Split(',')));
                break;
            case SettingOperation.Subtract:
                settings[change.Name] = string.Join(',', Items(settings, change.Name).Except(change.Value!.Split(',')));
                break;
            default:
                throw new MalformedFrameException($"Setting operation {(sbyte)change.Operation}.");
        }
    }

    private static string[] Items(Dictionary<string, string> settings, string name)
    {
        var present = settings.TryGetValue(name, out var own) ? own : TopicSettings.All.GetValueOrDefault(name)?.Default ?? "";
        return present.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
