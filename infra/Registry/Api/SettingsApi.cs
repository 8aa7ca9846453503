using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Streaming.Avro.Compatibility;
using Streaming.Registry.Store;
using Streaming.Registry.Subjects;

namespace Streaming.Registry.Api;

/// <summary>/config and /mode: compatibility levels and write protection, for all subjects or for one.</summary>
/// <remarks>Left out: the mode IMPORT, and everything else that newer registries keep in a configuration.</remarks>
internal sealed class SettingsApi(SchemaTopic topic)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var suffix in new[] { "", "/{subject}" })
        {
            routes.MapGet("/config" + suffix, GetLevel);
            routes.MapPut("/config" + suffix, SetLevelAsync);
            routes.MapDelete("/config" + suffix, ClearLevelAsync);
            routes.MapGet("/mode" + suffix, GetMode);
            routes.MapPut("/mode" + suffix, SetModeAsync);
            routes.MapDelete("/mode" + suffix, ClearModeAsync);
        }
    }

    private IResult GetLevel(HttpRequest request) =>
        Answer(new(CompatibilityLevel: Settings.GetLevel(topic.State, Subject(request), request.Flag("defaultToGlobal")).Name()));

    private async Task<IResult> SetLevelAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadAsync(ApiJson.Default.SettingRequest);
        var level = await topic.WriteAsync(_ => Settings.SetLevel(Subject(request), body.Compatibility), cancellationToken);
        return Answer(new(Compatibility: level.Name()));
    }

    private async Task<IResult> ClearLevelAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var level = await topic.WriteAsync(state => Settings.ClearLevel(state, Subject(request)), cancellationToken);
        return Answer(new(CompatibilityLevel: level.Name()));
    }

    private IResult GetMode(HttpRequest request) =>
        Answer(new(Mode: Settings.GetMode(topic.State, Subject(request), request.Flag("defaultToGlobal")).Name()));

    private async Task<IResult> SetModeAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadAsync(ApiJson.Default.SettingRequest);
        var mode = await topic.WriteAsync(_ => Settings.SetMode(Subject(request), body.Mode), cancellationToken);
        return Answer(new(Mode: mode.Name()));
    }

    private async Task<IResult> ClearModeAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var mode = await topic.WriteAsync(state => Settings.ClearMode(state, Subject(request)), cancellationToken);
        return Answer(new(Mode: mode.Name()));
    }

    /// <summary>Null for the registry's own setting.</summary>
    private static string? Subject(HttpRequest request) => request.RouteValues.ContainsKey("subject") ? request.Subject() : null;

    private static IResult Answer(SettingAnswer answer) => Exchange.Answer(answer, RelaxedJson.Api.SettingAnswer);
}
