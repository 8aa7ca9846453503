using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Streaming.Registry.Store;
using Streaming.Registry.Subjects;

namespace Streaming.Registry.Api;

/// <summary>/compatibility: judges a schema without registering it, under the subject's level.</summary>
/// <remarks>The parameter normalize makes no difference to the judgement.</remarks>
internal sealed class CompatibilityApi(SchemaTopic topic)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/compatibility/subjects/{subject}/versions", AgainstAllAsync);
        routes.MapPost("/compatibility/subjects/{subject}/versions/{version}", AgainstOneAsync);
    }

    private async Task<IResult> AgainstAllAsync(HttpRequest request)
    {
        var body = await request.ReadAsync(ApiJson.Default.SchemaRequest);
        var state = topic.State;
        return Answer(request, Evolution.Check(state, state.Meant(request.Subject()), SubmittedSchema.From(body, state)));
    }

    private async Task<IResult> AgainstOneAsync(HttpRequest request, string version)
    {
        var wanted = VersionId.Parse(version);
        var body = await request.ReadAsync(ApiJson.Default.SchemaRequest);
        var (state, subject) = (topic.State, topic.State.Meant(request.Subject()));
        // A new subject has nothing to contradict; a version that is asked for by number must exist.
        StoredSchema[] against = wanted.IsLatest ? [.. state.Versions(subject).TakeLast(1)] : [wanted.In(state, subject)];
        return Answer(request, Evolution.Check(state, subject, SubmittedSchema.From(body, state), against));
    }

    private static IResult Answer(HttpRequest request, IReadOnlyList<string> breaks) => Exchange.Answer(
        new CompatibilityAnswer(breaks.Count == 0, request.Flag("verbose") ? [.. breaks] : null), RelaxedJson.Api.CompatibilityAnswer);
}
