using System.Security.Cryptography;
using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Streaming.Avro;
using Streaming.CommandHost.Http;
using Streaming.CommandHost.Sending;
using Streaming.Contracts.Envelope;

namespace Streaming.CommandHost.Serving;

/// <summary>A context that the host serves, whatever its types.</summary>
internal interface IServedContext
{
    string Name { get; }

    void Map(IEndpointRouteBuilder routes);
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
            routes.MapPost($"/{Name}/{{id}}/{body.Action}", (string id, HttpContext http) => AskAsync(id, body, http));

        // Catch-all, because a command id may contain slashes.
        routes.MapGet($"/commands/{Name}/{{id}}/{{**commandId}}", (string id, string commandId, HttpContext http) => Find(id, commandId, http));
    }

    private async Task<IResult> AskAsync(string id, CommandBody<TCommand> expected, HttpContext http)
    {
        using var body = await JsonBody.ReadAsync(http.Request, options.Value.BodyBytesMax, http.RequestAborted);
        if (body.Problem is { } unreadable)
            return unreadable.ToResult();

        var errors = new FieldErrors();
        var headers = CommandHeaders.Read(http.Request.Headers, options.Value, time, errors);
        var command = Read(id, expected, body, errors);
        if (errors.HasAny)
            return RequestProblems.Invalid(errors).ToResult();
        if (!gateway.IsReady)
            return RequestProblems.NotReady().ToResult();
        var outgoing = gateway.Prepare(id, headers.CommandId, (IAvroRecord)command, new(headers.ExpectedVersion, CorrelationId: headers.CorrelationId));
        return await AskAsync(outgoing, expected.Creates, headers.Wait, http);
    }

    private TCommand Read(string id, CommandBody<TCommand> expected, JsonBody body, FieldErrors errors)
    {
        var reader = new BodyReader(body.Root, errors);
        var command = expected.Read(id, reader);
        reader.RefuseOthers();
        if (!errors.HasAny && api.Check(command) is { } limit)
            errors.Add(limit);
        return command;
    }

    private async Task<IResult> AskAsync(OutgoingCommand command, bool creates, TimeSpan wait, HttpContext http)
    {
        try
        {
            var result = await gateway.AskAsync(command, wait, http.RequestAborted);
            if (result is null)
                return _answers.Pending(command.Key, http.Response);
            return CryptographicOperations.FixedTimeEquals(result.CommandHash.Span, command.Hash)
                ? _answers.To(result, creates, http.Response)
                : _answers.AnotherBody(command.Key).ToResult();
        }
        catch (KafkaException cause)
        {
            logger.CommandUnconfirmed(cause, command.Key.AggregateId);
            return _answers.Unconfirmed(command.Key).ToResult();
        }
    }

    private IResult Find(string id, string commandId, HttpContext http)
    {
        // The one escape that a server leaves in a path.
        var key = new ResultKey(id, commandId.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase));
        return gateway.Find(key) is { } result ? _answers.Outcome(result, http.Response) : _answers.NoResult(key).ToResult();
    }
}
