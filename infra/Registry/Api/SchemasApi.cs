using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Streaming.Registry.Store;

namespace Streaming.Registry.Api;

/// <summary>/schemas: schemas by their id, whatever their subject. Softly deleted ones are found too: data may still carry their id.</summary>
internal sealed class SchemasApi(SchemaTopic topic)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/schemas", List);
        routes.MapGet("/schemas/types", () => Exchange.Answer([SchemaTypes.Avro], RelaxedJson.Api.StringArray));
        routes.MapGet("/schemas/ids/{id}", One);
        routes.MapGet("/schemas/ids/{id}/schema", (string id) => Results.Text(Wanted(id).Text, Exchange.MediaType));
        routes.MapGet("/schemas/ids/{id}/subjects", Subjects);
        routes.MapGet("/schemas/ids/{id}/versions", Versions);
        routes.MapGet("/contexts", () => Exchange.Answer([DefaultContext.Name], RelaxedJson.Api.StringArray));
    }

    private IResult One(HttpRequest request, string id) => Exchange.Answer(
        SchemaAnswer.Of(Wanted(id)) with { MaxId = request.Flag("fetchMaxId") ? topic.State.LastId : null }, RelaxedJson.Api.SchemaAnswer);

    private IResult List(HttpRequest request)
    {
        var prefix = DefaultContext.Unqualified(request.Query["subjectPrefix"].ToString());
        var state = topic.State;
        var found = state.Subjects.Keys.Where(subject => subject.StartsWith(prefix, StringComparison.Ordinal))
            .Select(subject => state.Versions(subject, request.Flag("deleted")))
            .SelectMany(versions => request.Flag("latestOnly") ? versions.TakeLast(1) : versions);
        return Exchange.Answer([.. request.Page(found).Select(SchemaAnswer.OfVersion)], RelaxedJson.Api.SchemaAnswerArray);
    }

    private IResult Subjects(HttpRequest request, string id) =>
        Exchange.Answer([.. request.Page(Carrying(request, id).Select(schema => schema.Subject).Distinct())], RelaxedJson.Api.StringArray);

    private IResult Versions(HttpRequest request, string id) => Exchange.Answer(
        [.. request.Page(Carrying(request, id)).Select(schema => new SubjectVersionAnswer(schema.Subject, schema.Version))], RelaxedJson.Api.SubjectVersionAnswerArray);

    private IEnumerable<StoredSchema> Carrying(HttpRequest request, string id)
    {
        var wanted = Wanted(id).Id;
        var state = topic.State;
        return state.Subjects.Keys.Where(subject => request.Query["subject"] is not [{ Length: > 0 } only] || subject == only)
            .SelectMany(subject => state.Versions(subject, request.Flag("deleted"))).Where(schema => schema.Id == wanted);
    }

    private StoredSchema Wanted(string id) => int.TryParse(id, out var number)
        ? topic.State.ById.GetValueOrDefault(number) ?? throw ApiError.SchemaNotFound(number)
        : throw new ApiError(404, $"HTTP 404 Not Found: {id} is no schema id.");
}
