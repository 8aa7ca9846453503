using System.Security.Cryptography;
using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Streaming.Avro;
using Streaming.CommandHost.Http;
using Streaming.CommandHost.Sending;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Inventory;
using Streaming.Domain.Inventory;

namespace Streaming.CommandHost.Inventory;

/// <summary><c>POST /inventory/{sku}/{action}</c> and <c>GET /commands/inventory/{sku}/{commandId}</c>.</summary>
internal static class InventoryEndpoints
{
    public static void MapInventory(this WebApplication app)
    {
        foreach (var (action, makeCommand) in InventoryBodies.ByAction)
        {
            app.MapPost($"/inventory/{{sku}}/{action}", (string sku, HttpContext http, InventoryApi api) => api.AskAsync(sku, action, makeCommand, http));
        }

        // Catch-all, because a command id may contain slashes.
        app.MapGet("/commands/inventory/{sku}/{**commandId}", (string sku, string commandId, HttpContext http, InventoryApi api) =>
            api.Find(sku, commandId, http));
    }
}

/// <summary>Turns a request into a command, and its result into an answer.</summary>
internal sealed class InventoryApi(CommandGateway gateway, IOptions<CommandApiOptions> options, TimeProvider time, ILogger<InventoryApi> logger)
{
    public async Task<IResult> AskAsync(string sku, string action, Func<Sku, BodyReader, InventoryCommand> makeCommand, HttpContext http)
    {
        using var body = await JsonBody.ReadAsync(http.Request, options.Value.BodyBytesMax, http.RequestAborted);
        if (body.Problem is { } unreadable)
            return unreadable.ToResult();

        var errors = new FieldErrors();
        var headers = CommandHeaders.Read(http.Request.Headers, options.Value, time, errors);
        var reader = new BodyReader(body.Root, errors);
        var command = makeCommand(new Sku(sku), reader);
        reader.RefuseOthers();
        if (!errors.HasAny && InventoryLimits.Check(command) is { } limit)
            errors.Add(FieldOf(limit.Code), limit.Reason);
        if (errors.HasAny)
            return Invalid(errors);
        if (!gateway.IsReady)
            return NotReady().ToResult();

        var outgoing = gateway.Prepare(sku, headers.CommandId, (IAvroRecord)command, headers.ExpectedVersion);
        return await AskAsync(outgoing, action, headers.Wait, http);
    }

    public IResult Find(string sku, string commandId, HttpContext http)
    {
        // The one escape that a server leaves in a path.
        var key = new ResultKey(sku, commandId.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase));
        return gateway.Find(key) is { } result
            ? InventoryAnswers.Outcome(result, http.Response)
            : new Problem(StatusCodes.Status404NotFound, "No such result", "Not decided yet, or longer ago than results are kept here: "
                + "ask again, or send the command again under the same Idempotency-Key.", "no-result") { CommandId = key.CommandId, Sku = sku }.ToResult();
    }

    private async Task<IResult> AskAsync(OutgoingCommand command, string action, TimeSpan wait, HttpContext http)
    {
        try
        {
            var result = await gateway.AskAsync(command, wait, http.RequestAborted);
            if (result is null)
                return InventoryAnswers.Pending(command.Key, http.Response);
            return CryptographicOperations.FixedTimeEquals(result.CommandHash.Span, command.Hash)
                ? InventoryAnswers.To(result, action, http.Response)
                : AnotherBody(command.Key).ToResult();
        }
        catch (KafkaException cause)
        {
            logger.CommandUnconfirmed(cause, command.Key.AggregateId);
            return Unconfirmed(command.Key).ToResult();
        }
    }

    // The rules name themselves after the field that they are about.
    private static string FieldOf(string code) => code switch
    {
        "invalid-order-id" => "orderId",
        _ => code["invalid-".Length..],
    };

    private static IResult Invalid(FieldErrors errors) =>
        new Problem(StatusCodes.Status400BadRequest, "The request is not valid", "See errors, by field.", "invalid-request") { Errors = errors.ByField }
            .ToResult();

    private static Problem NotReady() => new(
        StatusCodes.Status503ServiceUnavailable, "Starting", "The host is still connecting to Kafka and the schema registry: try again.", "not-ready");

    private static Problem AnotherBody(ResultKey key) => new(
        StatusCodes.Status422UnprocessableEntity,
        "The key belongs to another command",
        $"{CommandHeaders.IdempotencyKey} {key.CommandId} was used for another command of {key.AggregateId}: repeat that command, or use a new key.",
        "key-reused") { CommandId = key.CommandId, Sku = key.AggregateId };

    private static Problem Unconfirmed(ResultKey key) => new(
        StatusCodes.Status503ServiceUnavailable,
        "Kafka does not answer",
        $"It is not known whether the command was recorded: send it again under the same {CommandHeaders.IdempotencyKey}.",
        "unconfirmed") { CommandId = key.CommandId, Sku = key.AggregateId };
}
