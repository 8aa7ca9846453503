using System.Text.RegularExpressions;
using Streaming.Broker.Server;
using Streaming.Broker.Transactions;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Api;

/// <summary>Empty lists, -1 and null filter nothing.</summary>
internal sealed record ListTransactionsRequest(IReadOnlyList<string> States, IReadOnlyList<long> ProducerIds, long DurationMsMin, string? IdPattern);

internal sealed record ListTransactionsResponse(ErrorCode Error, IReadOnlyList<string> UnknownStates, IReadOnlyList<TransactionState> Transactions);

/// <summary>ListTransactions (key 66), v0–v2: transactional ids by state, producer, age and name.</summary>
/// <remarks>Flexible from the start · v1 duration · v2 pattern of the transactional id. Source: Kafka protocol guide; KIP-664, KIP-994, KIP-1152.</remarks>
internal sealed class ListTransactions(TransactionCoordinator transactions, TimeProvider time) : IApi<ListTransactionsRequest, ListTransactionsResponse>
{
    private const int PatternLengthMax = 32_768;

    public ApiKey Key => ApiKey.ListTransactions;

    public ApiVersionRange Versions => new(0, 2, FirstFlexible: 0);

    public ListTransactionsRequest Decode(ref WireReader reader)
    {
        var request = new ListTransactionsRequest(
            reader.ReadStringArray(), reader.ReadArray(static (ref r) => r.ReadInt64()),
            reader.Version >= 1 ? reader.ReadInt64() : -1, reader.Version >= 2 ? reader.ReadNullableString() : null);
        reader.SkipTags();
        return request;
    }

    public ValueTask<ListTransactionsResponse?> HandleAsync(ListTransactionsRequest request, RequestContext context, CancellationToken cancellationToken)
    {
        var unknown = request.States.Where(state => !Enum.TryParse<TransactionPhase>(state, out _)).ToList();
        if (!TryPattern(request.IdPattern, out var pattern))
            return ValueTask.FromResult<ListTransactionsResponse?>(new(ErrorCode.InvalidRegularExpression, unknown, []));
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var (states, producerIds) = (request.States.ToHashSet(), request.ProducerIds.ToHashSet());
        var listed = transactions.All.Where(state =>
            (states.Count == 0 || states.Contains(state.Phase.ToString()))
            && (producerIds.Count == 0 || producerIds.Contains(state.Producer.ProducerId))
            && (request.DurationMsMin < 0 || (state.StartedMs >= 0 && nowMs - state.StartedMs >= request.DurationMsMin))
            && pattern?.IsMatch(state.TransactionalId) != false);
        return ValueTask.FromResult<ListTransactionsResponse?>(new(ErrorCode.None, unknown, [.. listed]));
    }

    public void Encode(WireWriter writer, ListTransactionsResponse response)
    {
        writer.WriteInt32(0); // throttle time
        writer.WriteErrorCode(response.Error);
        writer.WriteStringArray(response.UnknownStates);
        writer.WriteArray(response.Transactions, static (w, state) =>
        {
            w.WriteString(state.TransactionalId);
            w.WriteInt64(state.Producer.ProducerId);
            w.WriteString(state.Phase.ToString());
            w.WriteEmptyTags();
        });
        writer.WriteEmptyTags();
    }

    // Without backtracking, so that a pattern from outside cannot keep the broker busy.
    private static bool TryPattern(string? text, out Regex? pattern)
    {
        pattern = null;
        if (text is null or "")
            return true;
        if (text.Length > PatternLengthMax)
            return false;
        try
        {
            pattern = new Regex($"^(?:{text})$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return true;
        }
        catch (Exception cause) when (cause is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}
