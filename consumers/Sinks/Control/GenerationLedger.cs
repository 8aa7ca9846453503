using System.Text.Json;
using Streaming.Contracts.Control;

namespace Streaming.Sinks.Control;

/// <summary>Which declaration of a sink's generations holds: everybody who reads the control topic from its start comes to the same.</summary>
/// <remarks>
/// A declaration continues the one that it was made from: its version is the next one. Of two that were made from the same, the first in the topic
/// holds, and the other changes nothing. Each has a key of its own, so that compaction never leaves one that didn't hold in place of one that did.
/// What stands under the plain key holds whatever was before: older builds wrote so.
/// </remarks>
internal sealed class GenerationLedger
{
    private volatile SinkGenerations? _newest;

    /// <summary>What holds; null while nobody has set anything.</summary>
    public SinkGenerations? Newest => _newest;

    /// <summary>Takes the next declaration of the topic into account.</summary>
    /// <returns>Whether it holds.</returns>
    /// <exception cref="JsonException">It is none.</exception>
    public bool Take(ControlKey key, byte[]? value)
    {
        var declared = value is null ? null : Checked(JsonSerializer.Deserialize(value, ControlJson.Default.SinkGenerations));
        if (key.DeclarationId is not null && (declared is null || declared.Version != (Newest?.Version ?? 0) + 1))
            return false;
        _newest = declared;
        return true;
    }

    private static SinkGenerations Checked(SinkGenerations? generations) => generations is { Current: > 0, Running: not null, Held: not null, By: not null }
        ? generations
        : throw new JsonException("The setting names the current generation, those that run, those that are held, and who set it.");
}
