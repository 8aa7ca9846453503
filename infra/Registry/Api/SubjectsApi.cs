using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Streaming.Registry.Store;
using Streaming.Registry.Subjects;

namespace Streaming.Registry.Api;

/// <summary>/subjects: registers, finds, lists and deletes versions.</summary>
/// <remarks>The parameters normalize and format are accepted: equal schemas share an id however they are written. Left out: references, contexts, import of ids.</remarks>
internal sealed class SubjectsApi(SchemaTopic topic, ILogger logger)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/subjects", List);
        routes.MapPost("/subjects/{subject}", FindAsync);
        routes.MapDelete("/subjects/{subject}", DeleteAsync);
        routes.MapGet("/subjects/{subject}/versions", Versions);
        routes.MapPost("/subjects/{subject}/versions", RegisterAsync);
        routes.MapGet("/subjects/{subject}/versions/{version}", Version);
        routes.MapGet("/subjects/{subject}/versions/{version}/schema", Text);
        routes.MapGet("/subjects/{subject}/versions/{version}/referencedby", ReferencedBy);
        routes.MapDelete("/subjects/{subject}/versions/{version}", DeleteVersionAsync);
    }

    public static SchemaAnswer ToAnswer(StoredSchema schema) =>
        new(schema.Subject, schema.Version, schema.Id, schema.Type == SchemaTypes.Avro ? null : schema.Type, schema.Text);

    private IResult List(HttpRequest request)
    {
        var prefix = request.Query["subjectPrefix"].ToString();
        var state = topic.State;
        var names = state.Subjects.Keys.Where(subject => subject.StartsWith(prefix, StringComparison.Ordinal) && Visible(state, subject, request).Any());
        return Exchange.Answer([.. names], RelaxedJson.Api.StringArray);
    }

    private IResult Versions(HttpRequest request)
    {
        var versions = Visible(topic.State, request.Subject(), request).Select(version => version.Version).ToArray();
        return versions.Length > 0 ? Exchange.Answer(versions, RelaxedJson.Api.Int32Array) : throw ApiError.SubjectNotFound(request.Subject());
    }

    private IResult Version(HttpRequest request, string version) => Exchange.Answer(ToAnswer(Wanted(request, version)), RelaxedJson.Api.SchemaAnswer);

    private IResult Text(HttpRequest request, string version) => Results.Text(Wanted(request, version).Text, Exchange.MediaType);

    private IResult ReferencedBy(HttpRequest request, string version)
    {
        Wanted(request, version);
        return Exchange.Answer([], RelaxedJson.Api.Int32Array);
    }

    private async Task<IResult> RegisterAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var subject = request.Subject();
        if (string.IsNullOrWhiteSpace(subject) || subject.Any(char.IsControl))
            throw new ApiError(42208, $"The specified subject '{subject}' is not a valid.");
        var body = await request.ReadAsync(ApiJson.Default.SchemaRequest);
        if (body is { Id: > 0 } or { Version: > 0 })
            throw ApiError.NotPermitted($"Subject {subject} is not in import mode: ids and versions are given by the registry.");
        var submitted = SubmittedSchema.From(body);
        var lastId = topic.State.LastId;
        var registered = await topic.WriteAsync(state => Registration.Register(state, subject, submitted), cancellationToken);
        if (registered.Id > lastId)
            logger.Registered(subject, registered.Version, registered.Id);
        return Exchange.Answer(new IdAnswer(registered.Id), RelaxedJson.Api.IdAnswer);
    }

    private async Task<IResult> FindAsync(HttpRequest request)
    {
        var submitted = SubmittedSchema.From(await request.ReadAsync(ApiJson.Default.SchemaRequest));
        var found = Registration.Find(topic.State, request.Subject(), submitted, request.Flag("deleted"));
        return Exchange.Answer(ToAnswer(found), RelaxedJson.Api.SchemaAnswer);
    }

    private async Task<IResult> DeleteAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var (subject, isPermanent) = (request.Subject(), request.Flag("permanent"));
        var deleted = await topic.WriteAsync(state => Deletion.DeleteSubject(state, subject, isPermanent), cancellationToken);
        return Exchange.Answer(deleted, RelaxedJson.Api.Int32Array);
    }

    private async Task<IResult> DeleteVersionAsync(HttpRequest request, string version, CancellationToken cancellationToken)
    {
        var (subject, wanted, isPermanent) = (request.Subject(), VersionId.Parse(version), request.Flag("permanent"));
        var deleted = await topic.WriteAsync(state => Deletion.DeleteVersion(state, subject, wanted, isPermanent), cancellationToken);
        return Results.Text($"{deleted}", Exchange.MediaType);
    }

    private StoredSchema Wanted(HttpRequest request, string version) =>
        VersionId.Parse(version).In(topic.State, request.Subject(), request.Flag("deleted"));

    private static IEnumerable<StoredSchema> Visible(SchemaState state, string subject, HttpRequest request) => request.Flag("deletedOnly")
        ? state.Versions(subject, withDeleted: true).Where(version => version.IsDeleted)
        : state.Versions(subject, request.Flag("deleted"));
}
