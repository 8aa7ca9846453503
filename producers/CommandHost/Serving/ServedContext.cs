using System.Text.Json.Nodes;
using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Streaming.Avro;
using Streaming.CommandHost.Describing;
using Streaming.CommandHost.Http;
using Streaming.CommandHost.Sending;
using Streaming.Contracts.Commands;
using Streaming.Contracts.Envelope;
using Streaming.Hosting.Http;

namespace Streaming.CommandHost.Serving;

/// <summary>A context that the host serves, whatever its types.</summary>
internal interface IServedContext
{
    string Name { get; }

    void Map(IEndpointRouteBuilder routes);

    /// <summary>Adds the paths that it maps to the API's description.</summary>
    void Describe(JsonObject paths);
}

/// <summary><c>POST /{context}/{id}/{action}</c> and <c>GET /commands/{context}/{id}/{commandId}</c>: a request becomes a command, its result the answer.</summary>
internal sealed class ServedContext<TCommand, TEvent, TState>(
    ContextApi<TCommand, TEvent, TState> api, CommandGateway gateway, IOptions<CommandApiOptions> options, TimeProvider time, ILogger<CommandGateway> logger)
    : IServedContext
    where TCommand : class
    where TEvent : class
{
    private readonly CommandAnswers _answers = new(api.Name, api.IdName, (api.UnknownCode, api.UnknownTitle));

    public string Name => api.Name;

    public CommandGateway Gateway => gateway;

    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var body in api.Commands)
            routes.MapPost($"/{Name}/{{id}}/{body.Action}", (string id, HttpContext http) => PostAsync(id, Reading(body), body.Creates, http));
        routes.MapPost($"/{Name}/{{id}}/{Erasing.Body.Action}", (string id, HttpContext http) => PostAsync(id, Erasing.Body.Read, creates: false, http));

        // Catch-all, because a command id may contain slashes.
        routes.MapGet($"/commands/{Name}/{{id}}/{{**commandId}}", (string id, string commandId, HttpContext http) => Find(id, commandId, http));
    }

    public void Describe(JsonObject paths) => CommandDescription.Write(api, paths);

    /// <summary>Reads a request as a command, sends it, and waits for its result.</summary>
    /// <param name="idOf">The aggregate's id, which may come from the request's headers.</param>
    public Task<AskedCommand> AskAsync(Func<CommandHeaders, string> idOf, CommandBody<TCommand> expected, HttpContext http) =>
        AskAsync(idOf, Reading(expected), http);

    private async Task<AskedCommand> AskAsync(Func<CommandHeaders, string> idOf, Func<string, BodyReader, IAvroRecord> read, HttpContext http)
    {
        using var body = await JsonBody.ReadAsync(http.Request, options.Value.BodyBytesMax, http.RequestAborted);
        if (body.Problem is { } unreadable)
            return new(unreadable);

        var errors = new FieldErrors();
        var headers = CommandHeaders.Read(http.Request.Headers, options.Value, time, errors);
        var id = errors.HasAny ? api.IdExample : idOf(headers);
        var command = Read(id, read, body, errors);
        if (errors.HasAny)
            return new(RequestProblems.Invalid(errors));
        if (!gateway.IsReady)
            return new(RequestProblems.NotReady());
        var circumstances = new Circumstances(headers.ExpectedVersion, http.User.Actor, http.User.Tenant, headers.CorrelationId);
        return await AskAsync(new ResultKey(id, headers.CommandId), command, circumstances, headers, http.RequestAborted);
    }

    /// <summary>The answer to a command that was asked.</summary>
    public IResult Answer(AskedCommand asked, bool creates, HttpResponse response)
    {
        if (asked.Problem is { } problem)
            return problem.ToResult();
        return asked.Result is null ? _answers.Pending(asked.Key, response) : _answers.To(asked.Result, creates, response);
    }

    private async Task<IResult> PostAsync(string id, Func<string, BodyReader, IAvroRecord> read, bool creates, HttpContext http) =>
        Answer(await AskAsync(_ => id, read, http), creates, http.Response);

    private static Func<string, BodyReader, IAvroRecord> Reading(CommandBody<TCommand> body) => (id, reader) => (IAvroRecord)body.Read(id, reader);

    private IAvroRecord Read(string id, Func<string, BodyReader, IAvroRecord> read, JsonBody body, FieldErrors errors)
    {
        var reader = new BodyReader(body.Root, errors);
        var command = read(id, reader);
        reader.RefuseOthers();
        if (!errors.HasAny && command is TCommand ours && api.Check(ours) is { } limit)
            errors.Add(limit);
        return command;
    }

    private async Task<AskedCommand> AskAsync(
        ResultKey key, IAvroRecord command, Circumstances circumstances, CommandHeaders headers, CancellationToken cancellationToken)
    {
        try
        {
            var result = await gateway.AskAsync(key, command, circumstances, headers.Wait, cancellationToken);
            return new(null) { Key = key, Headers = headers, Result = result };
        }
        catch (CommandIdReusedException)
        {
            return new(_answers.AnotherBody(key));
        }
        catch (KafkaException cause)
        {
            logger.CommandUnconfirmed(cause, key.AggregateId);
            return new(_answers.Unconfirmed(key));
        }
    }

    private IResult Find(string id, string commandId, HttpContext http)
    {
        // The one escape that a server leaves in a path.
        var key = new ResultKey(id, commandId.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase));
        return gateway.Find(key) is { } result ? _answers.Outcome(result, http.Response) : _answers.NoResult(key).ToResult();
    }
}

/// <summary>What became of asking for a command.</summary>
/// <param name="Problem">Why nothing was asked, or why nobody knows; null when it was.</param>
internal sealed record AskedCommand(Problem? Problem)
{
    public ResultKey Key { get; init; }

    /// <summary>Null while it is not known.</summary>
    public CommandResult? Result { get; init; }

    /// <summary>Null when there is a problem.</summary>
    public CommandHeaders? Headers { get; init; }
}
