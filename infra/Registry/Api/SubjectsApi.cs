using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Streaming.Registry.Store;
using Streaming.Registry.Subjects;

namespace Streaming.Registry.Api;

/// <summary>/subjects: registers, finds, lists and deletes versions.</summary>
/// <remarks>The parameters normalize and format are accepted: equal schemas share an id however they are written. Left out: contexts other than the default one.</remarks>
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

    private IResult List(HttpRequest request)
    {
        var prefix = DefaultContext.Unqualified(request.Query["subjectPrefix"].ToString());
        var state = topic.State;
        var names = state.Subjects.Keys.Where(subject => subject.StartsWith(prefix, StringComparison.Ordinal) && Visible(state, subject, request).Any());
        return Exchange.Answer([.. request.Page(names)], RelaxedJson.Api.StringArray);
    }

    private IResult Versions(HttpRequest request)
    {
        var versions = Visible(topic.State, Subject(request), request).Select(version => version.Version).ToArray();
        return versions.Length > 0 ? Exchange.Answer([.. request.Page(versions)], RelaxedJson.Api.Int32Array) : throw ApiError.SubjectNotFound(Subject(request));
    }

    private IResult Version(HttpRequest request, string version) => Exchange.Answer(SchemaAnswer.OfVersion(Wanted(request, version)), RelaxedJson.Api.SchemaAnswer);

    private IResult Text(HttpRequest request, string version) => Results.Text(Wanted(request, version).Text, Exchange.MediaType);

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
        var registered = await topic.WriteAsync(state => Registration.Register(state, subject, SubmittedSchema.From(body, state)), cancellationToken);
        if (registered.Id > lastId)
            logger.Registered(subject, registered.Version, registered.Id);
        return Exchange.Answer(new IdAnswer(registered.Id), RelaxedJson.Api.IdAnswer);
    }

    private async Task<IResult> FindAsync(HttpRequest request)
    {
        var body = await request.ReadAsync(ApiJson.Default.SchemaRequest);
        StoredSchema? found = null;
        await topic.ReadAsync(state =>
        {
            found = Registration.Find(state, Subject(request), SubmittedSchema.From(body, state), request.Flag("deleted"));
            return Task.CompletedTask;
        });
        return Exchange.Answer(SchemaAnswer.OfVersion(found!), RelaxedJson.Api.SchemaAnswer);
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

    private StoredSchema Wanted(HttpRequest request, string version) =>
        VersionId.Parse(version).In(topic.State, Subject(request), request.Flag("deleted"));

    /// <summary>The subject that the path means, by its own name or an alias.</summary>
    private string Subject(HttpRequest request) => topic.State.Meant(request.Subject());

    private static IEnumerable<StoredSchema> Visible(SchemaState state, string subject, HttpRequest request) => request.Flag("deletedOnly")
        ? state.Versions(subject, withDeleted: true).Where(version => version.IsDeleted)
        : state.Versions(subject, request.Flag("deleted"));
}
