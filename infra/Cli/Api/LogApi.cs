using System.Text.Json;

namespace Streaming.Cli.Api;

/// <summary>The command host's view of the log: events as they were recorded, states as they fold.</summary>
internal sealed class LogApi(HostClient host)
{
    /// <summary>All events of an aggregate, once there are <paramref name="atLeast"/> of them.</summary>
    public async Task<IReadOnlyList<LoggedEvent>> EventsAsync(string context, string id, long atLeast, CancellationToken cancellationToken)
    {
        var events = new List<LoggedEvent>();
        for (var next = $"{Path(context, id)}/events?atLeast={atLeast}"; next is not null;)
        {
            var page = await host.GetAsync<Page>(next, cancellationToken);
            events.AddRange(page.Events);
            next = page.Next?.TrimStart('/');
        }

        return events;
    }

    /// <summary>The folded state, as the context shows it.</summary>
    public async Task<JsonElement> StateAsync(string context, string id, CancellationToken cancellationToken) =>
        (await host.GetAsync<JsonElement>(Path(context, id), cancellationToken)).GetProperty("state");

    private static string Path(string context, string id) => $"{context}/{Uri.EscapeDataString(id)}";

    private sealed record Page(IReadOnlyList<LoggedEvent> Events, string? Next);
}

/// <summary>One event of an aggregate.</summary>
/// <param name="Type">Full name of its record.</param>
/// <param name="Data">The record's fields.</param>
/// <param name="Position">topic-partition@offset.</param>
internal sealed record LoggedEvent(long Sequence, string Type, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt, string Position, JsonElement Data)
{
    public string Name => Type[(Type.LastIndexOf('.') + 1)..];

    /// <summary>A field as text; null when the event has none of that name, or null in it.</summary>
    public string? Text(string field) =>
        Data.TryGetProperty(field, out var value) && value.ValueKind != JsonValueKind.Null ? value.ToString() : null;

    /// <summary>An amount or a number; 0 when the event has none of that name.</summary>
    public decimal Number(string field) => Text(field) is { } text ? decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : 0;
}
