using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Streaming.Registry.Store;

namespace Streaming.Registry.Api;

/// <summary>/schemas: schemas by their id or GUID, whatever their subject. Softly deleted ones are found too: data may still carry their id.</summary>
internal sealed class SchemasApi(SchemaTopic topic)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/schemas", List);
        routes.MapGet("/schemas/types", () => Exchange.Answer([SchemaTypes.Avro], RelaxedJson.Api.StringArray));
        routes.MapGet("/schemas/ids/{id}", One);
        routes.MapGet("/schemas/ids/{id}/schema", (HttpRequest request, string id) => Results.Text(request.Formatted(topic.State, Wanted(request, id)).Text, Exchange.MediaType));
        routes.MapGet("/schemas/ids/{id}/subjects", Subjects);
        routes.MapGet("/schemas/ids/{id}/versions", Versions);
        routes.MapGet("/schemas/guids/{guid}", OneByGuid);
        routes.MapGet("/schemas/guids/{guid}/ids", IdsOfGuid);
        routes.MapGet("/contexts", Contexts);
    }

    private IResult One(HttpRequest request, string id)
    {
        var found = SchemaAnswer.OfId(request.Formatted(topic.State, Wanted(request, id)));
        return Exchange.Answer(found with { MaxId = request.Flag("fetchMaxId") ? topic.State.LastId : null }, RelaxedJson.Api.SchemaAnswer);
    }

    private IResult OneByGuid(HttpRequest request, string guid) => IdOf(guid) is { } id
        ? Exchange.Answer(SchemaAnswer.OfGuid(request.Formatted(topic.State, topic.State.ById[id])), RelaxedJson.Api.SchemaAnswer)
        : throw ApiError.SchemaNotFound();

    private IResult IdsOfGuid(string guid) => IdOf(guid) is { } id
        ? Exchange.Answer([new ContextIdAnswer(DefaultContext.Name, id)], RelaxedJson.Api.ContextIdAnswerArray)
        : throw ApiError.SchemaNotFound();

    private int? IdOf(string guid) => topic.State.Ids.TryGetValue(guid.ToLowerInvariant(), out var id) ? id : null;

    private IResult List(HttpRequest request)
    {
        var prefix = DefaultContext.Unqualified(request.Query["subjectPrefix"].ToString());
        var (state, withAliases) = (topic.State, request.Flag("aliases"));
        var found = state.Subjects.Keys.Where(subject => IsNamed(subject) || (withAliases && state.AliasesOf(subject).Any(IsNamed)))
            .Select(subject => state.Versions(subject, request.Flag("deleted")))
            .SelectMany(versions => request.Flag("latestOnly") ? versions.TakeLast(1) : versions)
            .Where(schema => request.Query["ruleType"].All(type => schema.RuleSet?.HasType(type) == true));
        return Exchange.Answer([.. request.Page(found).Select(Told)], RelaxedJson.Api.SchemaAnswerArray);

        bool IsNamed(string subject) => subject.StartsWith(prefix, StringComparison.Ordinal);
        SchemaAnswer Told(StoredSchema schema) =>
            SchemaAnswer.OfVersion(schema) with { Aliases = withAliases && state.AliasesOf(schema.Subject).ToArray() is { Length: > 0 } aliases ? aliases : null };
    }

    private IResult Subjects(HttpRequest request, string id) =>
        Exchange.Answer([.. request.Page(Carrying(request, id).Select(schema => schema.Subject).Distinct())], RelaxedJson.Api.StringArray);

    private IResult Versions(HttpRequest request, string id) => Exchange.Answer(
        [.. request.Page(Carrying(request, id)).Select(schema => new SubjectVersionAnswer(schema.Subject, schema.Version))], RelaxedJson.Api.SubjectVersionAnswerArray);

    private static IResult Contexts(HttpRequest request)
    {
        string[] all = [DefaultContext.Name];
        return Exchange.Answer([.. request.Page(all.Where(context => context.StartsWith($"{request.Query["contextPrefix"]}", StringComparison.Ordinal)))], RelaxedJson.Api.StringArray);
    }

    private IEnumerable<StoredSchema> Carrying(HttpRequest request, string id)
    {
        var wanted = Wanted(request, id).Id;
        var state = topic.State;
        return state.Subjects.Keys.Where(subject => request.Query["subject"] is not [{ Length: > 0 } only] || subject == only)
            .SelectMany(subject => state.Versions(subject, request.Flag("deleted"))).Where(schema => schema.Id == wanted);
    }

    /// <summary>The schema of that id; told as of the subject that is asked for, where that has it.</summary>
    private StoredSchema Wanted(HttpRequest request, string id)
    {
        if (!int.TryParse(id, out var number))
            throw new ApiError(404, $"HTTP 404 Not Found: {id} is no schema id.");
        var state = topic.State;
        var ofSubject = state.Versions(request.Query["subject"].ToString(), withDeleted: true).LastOrDefault(schema => schema.Id == number);
        return ofSubject ?? state.ById.GetValueOrDefault(number) ?? throw ApiError.SchemaNotFound(number);
    }
}
