using Microsoft.Extensions.Options;

namespace Streaming.SqlSink.Querying;

/// <summary>The query API of one context: a list, an aggregate as it stands or stood, and its events.</summary>
/// <param name="path">Such as <c>/stock</c>.</param>
/// <param name="noun">What an aggregate is called, such as <c>product</c>.</param>
/// <param name="idName">What its id is called, such as <c>SKU</c>.</param>
internal sealed class AggregateEndpoints<TState, TEntry>(string path, string noun, string idName)
    where TState : class, IVersioned
    where TEntry : class, ISequenced
{
    public void Map(WebApplication app)
    {
        var group = app.MapGroup(path).AddEndpointFilter(Answers.UnavailableAsync);
        group.MapGet("/", ListAsync);
        group.MapGet("/{id}", FindAsync);
        group.MapGet("/{id}/history", HistoryAsync);
    }

    private async Task<IResult> FindAsync(
        string id, string? asOf, string? asOfRecorded, string? asOfSequence, string? atLeast,
        AggregateQueries<TState, TEntry> queries, VersionWait wait, HttpContext http, CancellationToken cancellationToken)
    {
        var moment = AsOf.Parse(asOf, asOfRecorded, asOfSequence, out var problem);
        if (problem is not null || !Answers.TryReadCount(atLeast, nameof(atLeast), 0, long.MaxValue, out var version, out problem))
            return Answers.Refuse(problem!);

        if (version > 0 && await wait.ForAsync(cancel => queries.VersionAsync(id, cancel), version, cancellationToken) is var reached && reached < version)
            return await GoneAsync(queries, id, cancellationToken) ?? Answers.NotYet(http, id, version, reached);

        if (await queries.FindAsync(id, moment, cancellationToken) is not { } answer)
        {
            return await GoneAsync(queries, id, cancellationToken)
                ?? Answers.Unknown(noun, id, moment is AsOf.Now ? "is not known" : "was not known then, or has no such event", path);
        }

        return moment is AsOf.Now or AsOf.Sequence ? Answers.Tagged(http, answer) : Results.Ok(answer);
    }

    private async Task<IResult> ListAsync(
        string? after, string? limit, AggregateQueries<TState, TEntry> queries, IOptions<QueryOptions> options, CancellationToken cancellationToken)
    {
        if (!Answers.TryReadCount(limit, nameof(limit), options.Value.PageItems, options.Value.PageItemsMax, out var countMax, out var problem))
            return Answers.Refuse(problem!);
        // PostgreSQL's text cannot hold it, so nothing can be called so. In a path the server refuses it already.
        if (after?.Contains('\0', StringComparison.Ordinal) == true)
            return Answers.Refuse($"after is no {idName}: it holds U+0000.");
        var items = await queries.ListAsync(after ?? "", (int)countMax, cancellationToken);
        return Results.Ok(new Page<TState>(items, items.Count < countMax ? null : $"{path}?after={Uri.EscapeDataString(items[^1].Id)}&limit={countMax}"));
    }

    private async Task<IResult> HistoryAsync(
        string id, string? after, string? limit, AggregateQueries<TState, TEntry> queries, IOptions<QueryOptions> options, CancellationToken cancellationToken)
    {
        if (!Answers.TryReadCount(limit, nameof(limit), options.Value.PageItems, options.Value.PageItemsMax, out var countMax, out var problem)
            || !Answers.TryReadCount(after, nameof(after), 0, long.MaxValue, out var sequence, out problem))
            return Answers.Refuse(problem!);
        var entries = await queries.HistoryAsync(id, sequence, (int)countMax, cancellationToken);
        if (entries.Count == 0 && await queries.VersionAsync(id, cancellationToken) == 0)
            return await GoneAsync(queries, id, cancellationToken) ?? Answers.Unknown(noun, id, "is not known", path);
        return Results.Ok(new Page<TEntry>(entries,
            entries.Count < countMax ? null : $"{path}/{Uri.EscapeDataString(id)}/history?after={entries[^1].Sequence}&limit={countMax}"));
    }

    private async Task<IResult?> GoneAsync(AggregateQueries<TState, TEntry> queries, string id, CancellationToken cancellationToken) =>
        await queries.ErasedAtAsync(id, cancellationToken) is { } at ? Answers.Gone(noun, id, at) : null;
}
