using System.Diagnostics.CodeAnalysis;

namespace Streaming.Contracts.Envelope;

/// <summary>What a command id may be: any text of 1 to 256 characters without control characters.</summary>
public static class CommandId
{
    /// <summary>Some ids are made of others: <c>answer/inventory/{sku}/fulfilment/{order}/{attempt}/release/{sku}</c>, with 64 characters per id.</summary>
    public const int LengthMax = 256;

    public static bool IsValid([NotNullWhen(true)] string? text) =>
        text is { Length: > 0 and <= LengthMax } && !text.Any(char.IsControl);
}
