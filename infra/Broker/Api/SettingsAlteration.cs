using System.Diagnostics;
using Streaming.Broker.Groups.Settings;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

/// <summary>Alters the settings of topics and groups, for both APIs that do.</summary>
internal sealed class SettingsAlteration(TopicTable topics, GroupSettingsTable groups)
{
    /// <param name="isReplacing">Settings that the request does not name return to their defaults.</param>
    public async ValueTask<AlterConfigsResponse?> AlterAsync(AlterConfigsRequest request, bool isReplacing, CancellationToken cancellationToken)
    {
        var altered = new List<AlteredResource>();
        foreach (var resource in request.Resources)
            altered.Add(await AlterAsync(resource, isReplacing, request.IsDryRun, cancellationToken));
        return new AlterConfigsResponse(altered);
    }

    private async ValueTask<AlteredResource> AlterAsync(AlterableResource resource, bool isReplacing, bool isDryRun, CancellationToken cancellationToken)
    {
        if (Refuse(resource) is { } refused)
            return refused;
        var (error, reason) = resource.Kind == ConfigResource.Topic
            ? await AlterTopicAsync()
            : groups.Configure(resource.Name, Alter, isDryRun);
        return new AlteredResource(resource, error, reason);

        IReadOnlyDictionary<string, string> Alter(IReadOnlyDictionary<string, string> before) =>
            Apply(isReplacing ? new Dictionary<string, string>() : before, resource.Changes);

        async Task<(ErrorCode, string?)> AlterTopicAsync()
        {
            var change = await topics.ConfigureAsync(resource.Name, Alter, isDryRun, cancellationToken);
            return (change.Error, change.Reason);
        }
    }

    private static AlteredResource? Refuse(AlterableResource resource)
    {
        if (resource.Kind is not (ConfigResource.Topic or ConfigResource.Group))
            return new AlteredResource(resource, ErrorCode.InvalidRequest, "Only topics and groups have settings that can be altered; the broker's are set at its start.");
        if (resource.Kind == ConfigResource.Topic && TopicName.Refusal(resource.Name) is { } illegal)
            return new AlteredResource(resource, ErrorCode.InvalidTopicException, illegal);
        if (resource.Name.Length == 0)
            return new AlteredResource(resource, ErrorCode.InvalidRequest, "Default group resources are not allowed.");
        if (resource.Changes.Select(change => change.Name).Distinct().Count() < resource.Changes.Count)
            return new AlteredResource(resource, ErrorCode.InvalidRequest, "Error due to duplicate config keys");
        if (resource.Changes.FirstOrDefault(change => !Enum.IsDefined(change.Operation)) is { Name: { } odd } unknown)
            return new AlteredResource(resource, ErrorCode.InvalidRequest, $"Operation {(sbyte)unknown.Operation} on {odd} is unknown.");
        if (resource.Changes.FirstOrDefault(change => change is { Value: null, Operation: not SettingOperation.Delete }) is { Name: { } name })
            return new AlteredResource(resource, ErrorCode.InvalidRequest, $"Null value not supported for : {name}");
        if (resource.Changes.FirstOrDefault(change => IsListChangeOfNoList(resource.Kind, change)) is { Name: { } single })
            return new AlteredResource(resource, ErrorCode.InvalidConfig, $"{single} is no list, to which values are appended or from which they are subtracted.");
        return null;
    }

    private static bool IsListChangeOfNoList(ConfigResource kind, SettingChange change) =>
        change.Operation is SettingOperation.Append or SettingOperation.Subtract
        && (kind == ConfigResource.Group || TopicSettings.All.TryGetValue(change.Name, out var setting) && setting.Type != SettingType.List);

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
                throw new UnreachableException($"Setting operation {(sbyte)change.Operation} is not refused.");
        }
    }

    private static string[] Items(Dictionary<string, string> settings, string name)
    {
        var present = settings.TryGetValue(name, out var own) ? own : TopicSettings.All.GetValueOrDefault(name)?.Default ?? "";
        return present.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
