using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Streaming.Avro.Compatibility;
using Streaming.Registry.Store;
using Streaming.Registry.Subjects;

namespace Streaming.Registry.Api;

/// <summary>/config and /mode: compatibility levels and write protection, for all subjects or for one.</summary>
/// <remarks>Left out, and refused: validation of fields and rules, and the policies, which are of JSON Schema.</remarks>
internal sealed class SettingsApi(SchemaTopic topic)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var suffix in new[] { "", "/{subject}" })
        {
            routes.MapGet("/config" + suffix, Get);
            routes.MapPut("/config" + suffix, SetAsync);
            routes.MapDelete("/config" + suffix, ClearAsync);
            routes.MapGet("/mode" + suffix, GetMode);
            routes.MapPut("/mode" + suffix, SetModeAsync);
            routes.MapDelete("/mode" + suffix, ClearModeAsync);
        }
    }

    private IResult Get(HttpRequest request) => Answer(Told(Settings.Get(topic.State, Subject(request), request.Flag("defaultToGlobal"))));

    private async Task<IResult> SetAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadAsync(ApiJson.Default.SettingRequest);
        var settings = await topic.WriteAsync(state => Settings.Set(state, Subject(request), body), cancellationToken);
        return Answer(SettingAnswer.Of(settings) with { Compatibility = settings.Level?.Name() });
    }

    private async Task<IResult> ClearAsync(HttpRequest request, CancellationToken cancellationToken) =>
        Answer(Told(await topic.WriteAsync(state => Settings.Clear(state, Subject(request)), cancellationToken)));

    private static SettingAnswer Told(SubjectSettings settings) => SettingAnswer.Of(settings) with { CompatibilityLevel = settings.Level?.Name() };

    private IResult GetMode(HttpRequest request) =>
        Answer(new(Mode: Settings.GetMode(topic.State, Subject(request), request.Flag("defaultToGlobal")).Name()));

    private async Task<IResult> SetModeAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await request.ReadAsync(ApiJson.Default.SettingRequest);
        var mode = await topic.WriteAsync(state => Settings.SetMode(state, Subject(request), body.Mode, request.Flag("force")), cancellationToken);
        return Answer(new(Mode: mode.Name()));
    }

    private async Task<IResult> ClearModeAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var mode = await topic.WriteAsync(state => Settings.ClearMode(state, Subject(request), request.Flag("recursive")), cancellationToken);
        return Answer(new(Mode: mode.Name()));
    }

    /// <summary>Null for the registry's own setting, which is also that of the default context.</summary>
    private static string? Subject(HttpRequest request) => request.RouteValues.ContainsKey("subject") && request.Subject() is { Length: > 0 } subject ? subject : null;

    private static IResult Answer(SettingAnswer answer) => Exchange.Answer(answer, RelaxedJson.Api.SettingAnswer);
}
