using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Streaming.CommandHost.Describing;
using Streaming.CommandHost.Http;
using Streaming.CommandHost.Serving;
using Streaming.Commands.Records;
using Streaming.Serdes;
using Streaming.Serdes.Registry;

namespace Streaming.CommandHost.Reading;

/// <summary><c>GET /{context}/{id}</c> and <c>GET /{context}/{id}/events</c>: an aggregate as the log has it, now or at a moment.</summary>
internal sealed class ReadContext<TCommand, TEvent, TState>(
    ContextApi<TCommand, TEvent, TState> api,
    AggregateLog log,
    EventTail tail,
    EventJson events,
    RecordFormat format,
    IOptions<ReadingOptions> options,
    TimeProvider time,
    ILogger<EventTail> logger) : IServedContext
    where TCommand : class
    where TEvent : class
{
    private const string BusinessMeaning = "What the events that had happened by then changed in sum, whenever they were recorded. "
        + "A decider's state is no answer to that: it carries levels that also count events recorded before, but happened later.";

    private readonly ReadingAnswers _answers = new(api.IdName);

    public string Name => api.Name;

    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup($"/{Name}/{{id}}");
        group.MapGet("", (string id, HttpContext http) => AnswerAsync(id, http, FindAsync));
        group.MapGet("/events", (string id, HttpContext http) => AnswerAsync(id, http, ListAsync));
    }

    public void Describe(JsonObject paths) => ReadingDescription.Write(Name, api.IdName, api.IdExample, paths);

    private async Task<IResult> AnswerAsync(string id, HttpContext http, Func<string, ReadQuery, HttpContext, Task<IResult>> answer)
    {
        var errors = new FieldErrors();
        var query = ReadQuery.Read(http.Request.Query, options.Value, errors);
        if (errors.HasAny)
            return RequestProblems.Invalid(errors).ToResult();
        if (!await log.IsIndexedAsync(options.Value.Wait, time, http.RequestAborted))
            return ReadingAnswers.NotReady(tail.EventCount, http.Response);
        if (query.AtLeast > 0)
            await log.Index.AwaitAsync(id, query.AtLeast, options.Value.Wait, time, http.RequestAborted);
        if (log.Index.IsErased(id))
            return _answers.Erased(id);
        var version = log.Index.VersionOf(id);
        if (version < query.AtLeast)
            return _answers.NotYet(id, query.AtLeast, version, http.Response);
        if (version == 0)
            return _answers.Unknown(id, api.UnknownTitle);
        try
        {
            return await answer(id, query with { Version = version }, http);
        }
        catch (AggregateErasedException)
        {
            return _answers.Erased(id);
        }
        catch (Exception cause) when (cause is LogUnreadableException or RegistryUnavailableException)
        {
            logger.AggregateUnreadable(cause, Name, id, cause.Message);
            return _answers.Unreadable(id, cause.Message, http.Response);
        }
    }

    private async Task<IResult> FindAsync(string id, ReadQuery query, HttpContext http)
    {
        var tag = $"\"{query.Version.ToString(CultureInfo.InvariantCulture)}\"";
        if (query.Moment is Moment.Now && http.Request.Headers.IfNoneMatch.Contains(tag))
            return ReadingAnswers.NotModified(tag, http.Response);
        if (query.Version > options.Value.FoldEventsMax)
            return _answers.TooMany(id, query.Version, options.Value.FoldEventsMax);
        return query.Moment is Moment.Business then
            ? await SumAsync(id, then, query.Version, http)
            : await FoldAsync(id, query, http);
    }

    private async Task<IResult> FoldAsync(string id, ReadQuery query, HttpContext http)
    {
        var state = api.Context.Decider.Initial;
        RecordedEvent? last = null;
        await foreach (var happened in log.ReadAsync(id, from: 1, query.Version, http.RequestAborted))
        {
            // Sequences and recorded times only rise: what follows is not included either.
            if (!query.Moment.Includes(happened))
                break;
            state = api.Context.Decider.Evolve(state, Decode(happened));
            last = happened;
        }

        if (last is null)
            return _answers.Unknown(id, "Not known then");
        http.Response.Headers.ETag = $"\"{last.Sequence.ToString(CultureInfo.InvariantCulture)}\"";
        return _answers.State(id, last, api.Show(state));
    }

    private async Task<IResult> SumAsync(string id, Moment.Business then, long version, HttpContext http)
    {
        var included = new List<TEvent>();
        await foreach (var happened in log.ReadAsync(id, from: 1, version, http.RequestAborted))
        {
            if (then.Includes(happened))
                included.Add(Decode(happened));
        }

        return included.Count == 0
            ? _answers.Unknown(id, "Not known then")
            : _answers.Sum(id, then.Time, included.Count, api.SumOfChanges?.Invoke(included), BusinessMeaning);
    }

    private async Task<IResult> ListAsync(string id, ReadQuery query, HttpContext http)
    {
        var page = new List<JsonElement>();
        var next = query.From;
        await foreach (var happened in log.ReadAsync(id, query.From, query.Version, http.RequestAborted))
        {
            if (page.Count == query.Limit)
                break;
            next = happened.Sequence + 1;
            if (query.Moment.Includes(happened))
                page.Add(await events.WriteAsync(happened, http.RequestAborted));
            else if (query.Moment is not Moment.Business)
                return _answers.Page(id, query.Version, page, next: null);
        }

        return _answers.Page(id, query.Version, page, next > query.Version ? null : LinkTo(id, query, next, http.Request.Query));
    }

    private string LinkTo(string id, ReadQuery query, long from, IQueryCollection given)
    {
        var moment = given.Where(pair => pair.Key is Moment.SequenceName or Moment.RecordedName or Moment.BusinessName)
            .Select(pair => $"&{pair.Key}={Uri.EscapeDataString(pair.Value.ToString())}");
        return string.Create(CultureInfo.InvariantCulture, $"/{Name}/{Uri.EscapeDataString(id)}/events?from={from}&limit={query.Limit}{string.Concat(moment)}");
    }

    private TEvent Decode(RecordedEvent happened)
    {
        try
        {
            return format.Decode(happened.Value) as TEvent ?? throw new LogUnreadableException($"{happened.Position}: no event of {Name}.");
        }
        catch (UndecodableRecordException cause)
        {
            throw new LogUnreadableException($"{happened.Position}: {cause.Message}");
        }
    }
}
