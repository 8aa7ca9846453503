using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Streaming.Registry.Store;
using Streaming.Registry.Subjects;

namespace Streaming.Registry.Api;

/// <summary>/subjects: registers, finds, lists and deletes versions.</summary>
/// <remarks>A schema is normalized when its caller asks for it or the configuration does. Left out: contexts other than the default one, tags within schemas.</remarks>
internal sealed class SubjectsApi(SchemaTopic topic, ILogger logger)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/subjects", List);
        routes.MapPost("/subjects/{subject}", FindAsync);
        routes.MapDelete("/subjects/{subject}", DeleteAsync);
        routes.MapGet("/subjects/{subject}/metadata", LatestWithMetadata);
        routes.MapGet("/subjects/{subject}/versions", Versions);
        routes.MapPost("/subjects/{subject}/versions", RegisterAsync);
        routes.MapGet("/subjects/{subject}/versions/{version}", Version);
        routes.MapGet("/subjects/{subject}/versions/{version}/schema", Text);
        routes.MapGet("/subjects/{subject}/versions/{version}/referencedby", ReferencedBy);
        routes.MapDelete("/subjects/{subject}/versions/{version}", DeleteVersionAsync);
    }

    private IResult List(HttpRequest request)
    {
        var prefix = DefaultContext.Unqualified(request.Query["subjectPrefix"].ToString());
        var state = topic.State;
        var names = state.Subjects.Keys.Where(subject => subject.StartsWith(prefix, StringComparison.Ordinal) && IsListed(state, subject, request));
        return Exchange.Answer([.. request.Page(names)], RelaxedJson.Api.StringArray);
    }

    private IResult Versions(HttpRequest request)
    {
        var (onlyDeleted, asNegative) = (request.Flag("deletedOnly"), request.Flag("deletedAsNegative"));
        var all = topic.State.Versions(Subject(request), onlyDeleted || asNegative || request.Flag("deleted")).ToList();
        if (all.Count == 0)
            throw ApiError.SubjectNotFound(Subject(request));
        var wanted = all.Where(version => version.IsDeleted || !onlyDeleted).Select(version => version.IsDeleted && asNegative ? -version.Version : version.Version);
        return Exchange.Answer([.. request.Page(wanted)], RelaxedJson.Api.Int32Array);
    }

    private IResult Version(HttpRequest request, string version) => Answer(request, Wanted(request, version));

    private IResult Text(HttpRequest request, string version) => Results.Text(request.Formatted(topic.State, Wanted(request, version)).Text, Exchange.MediaType);

    private IResult ReferencedBy(HttpRequest request, string version)
    {
        var wanted = Wanted(request, version);
        var referring = ReferencedSchemas.ReferringTo(topic.State, wanted.Subject, wanted.Version).Where(schema => !schema.IsDeleted || request.Flag("deleted"));
        return Exchange.Answer([.. referring.Select(schema => schema.Id).Distinct().Order()], RelaxedJson.Api.Int32Array);
    }

    private async Task<IResult> RegisterAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var subject = Subject(request);
        if (string.IsNullOrWhiteSpace(subject) || subject.Any(char.IsControl))
            throw new ApiError(42208, $"The specified subject '{subject}' is not a valid.");
        var body = await request.ReadAsync(ApiJson.Default.SchemaRequest);
        var lastId = topic.State.LastId;
        var registered = await topic.WriteAsync(state => Registration.Register(state, subject, Submitted(request, OrLatest(body, state, subject), state, subject)), cancellationToken);
        if (registered.Id > lastId)
            logger.Registered(subject, registered.Version, registered.Id);
        return request.TakesUnknownMembers()
            ? Exchange.Answer(SchemaAnswer.OfRegistration(registered), RelaxedJson.Api.SchemaAnswer)
            : Exchange.Answer(new IdAnswer(registered.Id), RelaxedJson.Api.IdAnswer);
    }

    private async Task<IResult> FindAsync(HttpRequest request)
    {
        var body = await request.ReadAsync(ApiJson.Default.SchemaRequest);
        StoredSchema? found = null;
        await topic.ReadAsync(state =>
        {
            var subject = Subject(request);
            found = Registration.Find(state, subject, Submitted(request, body, state, subject), request.Flag("deleted"));
            return Task.CompletedTask;
        });
        return Answer(request, found!);
    }

    private IResult LatestWithMetadata(HttpRequest request)
    {
        var properties = request.Query["key"].Zip(request.Query["value"], (key, value) => KeyValuePair.Create(key ?? "", value ?? ""));
        var state = topic.State;
        var found = SchemaAnswer.OfVersion(request.Formatted(state, Registration.FindByMetadata(state, Subject(request), properties, request.Flag("deleted"))));
        return Exchange.Answer(request.TakesUnknownMembers() ? found : found.OfVersion7(), RelaxedJson.Api.SchemaAnswer);
    }

    private async Task<IResult> DeleteAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var (subject, isPermanent) = (Subject(request), request.Flag("permanent"));
        var deleted = await topic.WriteAsync(state => Deletion.DeleteSubject(state, subject, isPermanent), cancellationToken);
        return Exchange.Answer(deleted, RelaxedJson.Api.Int32Array);
    }

    private async Task<IResult> DeleteVersionAsync(HttpRequest request, string version, CancellationToken cancellationToken)
    {
        var (subject, wanted, isPermanent) = (Subject(request), VersionId.Parse(version), request.Flag("permanent"));
        var deleted = await topic.WriteAsync(state => Deletion.DeleteVersion(state, subject, wanted, isPermanent), cancellationToken);
        return Results.Text($"{deleted}", Exchange.MediaType);
    }

    private IResult Answer(HttpRequest request, StoredSchema schema) =>
        Exchange.Answer(SchemaAnswer.OfVersion(request.Formatted(topic.State, schema)), RelaxedJson.Api.SchemaAnswer);

    private static SubmittedSchema Submitted(HttpRequest request, SchemaRequest body, SchemaState state, string subject) =>
        SubmittedSchema.From(body, state, isNormalized: request.Flag("normalize") || state.IsNormalizing(subject));

    /// <summary>Who gives metadata or rules without a schema means the subject's latest.</summary>
    private static SchemaRequest OrLatest(SchemaRequest body, SchemaState state, string subject) =>
        string.IsNullOrWhiteSpace(body.Schema) && (body.Metadata is not null || body.RuleSet is not null) && state.Versions(subject).LastOrDefault() is { } latest
            ? body with { Schema = latest.Text, SchemaType = latest.Type, References = latest.References }
            : body;

    private StoredSchema Wanted(HttpRequest request, string version) =>
        VersionId.Parse(version).In(topic.State, Subject(request), request.Flag("deleted"));

    /// <summary>The subject that the path means, by its own name or an alias.</summary>
    private string Subject(HttpRequest request) => topic.State.Meant(request.Subject());

    private static bool IsListed(SchemaState state, string subject, HttpRequest request) => request.Flag("deletedOnly")
        ? state.Versions(subject, withDeleted: true).All(version => version.IsDeleted)
        : state.Versions(subject, request.Flag("deleted")).Any();
}
