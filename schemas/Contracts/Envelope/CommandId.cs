using System.Diagnostics.CodeAnalysis;

namespace Streaming.Contracts.Envelope;

/// <summary>What a command id may be: any text of 1 to 128 characters without control characters.</summary>
public static class CommandId
{
    public const int LengthMax = 128;

    public static bool IsValid([NotNullWhen(true)] string? text) =>
        text is { Length: > 0 and <= LengthMax } && !text.Any(char.IsControl);
}
