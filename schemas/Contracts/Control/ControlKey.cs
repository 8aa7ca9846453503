using System.Diagnostics.CodeAnalysis;

namespace Streaming.Contracts.Control;

/// <summary>Key of a record in the control topic, <c>{sink}/{setting}</c>.</summary>
/// <remarks>
/// Settings: <c>pause</c> (<see cref="SinkPause"/>), <c>generations/{id}</c> (<see cref="SinkGenerations"/>; of older builds <c>generations</c>),
/// <c>request/{id}</c> (<see cref="SinkRequest"/>), and <c>answer/{id}/{topic}-{partition}</c> (<see cref="SinkAnswer"/>). Values are JSON. Compaction keeps
/// the newest of each, so what was asked, by whom, and what came of it stays on record.
/// </remarks>
/// <param name="Sink">The sink's name; holds no '/'.</param>
/// <param name="Setting">What is set.</param>
public readonly record struct ControlKey(string Sink, string Setting)
{
    public const string PauseSetting = "pause";
    private const string GenerationsSetting = "generations";
    private const string DeclarationPrefix = GenerationsSetting + "/";
    private const string RequestPrefix = "request/";
    private const string AnswerPrefix = "answer/";

    /// <summary>The id of the request that this key stands for; null for another setting.</summary>
    public string? RequestId => Setting.StartsWith(RequestPrefix, StringComparison.Ordinal) ? Setting[RequestPrefix.Length..] : null;

    /// <summary>The id of the declaration of generations that this key stands for; null for another setting, and for one of an older build.</summary>
    public string? DeclarationId => Setting.StartsWith(DeclarationPrefix, StringComparison.Ordinal) ? Setting[DeclarationPrefix.Length..] : null;

    /// <summary>It declares generations.</summary>
    public bool IsGenerations => Setting == GenerationsSetting || DeclarationId is not null;

    public bool IsAnswer => Setting.StartsWith(AnswerPrefix, StringComparison.Ordinal);

    public static ControlKey Pause(string sink) => new(sink, PauseSetting);

    /// <param name="declarationId">A UUIDv7.</param>
    public static ControlKey Generations(string sink, string declarationId) => new(sink, DeclarationPrefix + declarationId);

    public static ControlKey Request(string sink, string requestId) => new(sink, RequestPrefix + requestId);

    public static ControlKey Answer(string sink, string requestId, string topic, int partition) => new(sink, $"{AnswerPrefix}{requestId}/{topic}-{partition}");

    public static bool TryParse(string? text, [MaybeNullWhen(false)] out ControlKey key)
    {
        key = default;
        var slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (slash < 1)
            return false;
        key = new ControlKey(text![..slash], text[(slash + 1)..]);
        return true;
    }

    public override string ToString() => $"{Sink}/{Setting}";
}
