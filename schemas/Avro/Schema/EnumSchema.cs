namespace Streaming.Avro.Schema;

/// <summary>An enum: one of a list of symbols, encoded as its index.</summary>
public sealed class EnumSchema : NamedSchema
{
    private readonly Dictionary<string, int> _indexes = [];

    internal EnumSchema(NamedParts parts, IReadOnlyList<string> symbols, string? defaultSymbol)
        : base(AvroType.Enum, parts)
    {
        Symbols = symbols;
        Default = defaultSymbol;
        for (var i = 0; i < symbols.Count; i++)
            _indexes.Add(symbols[i], i);
    }

    public IReadOnlyList<string> Symbols { get; }

    /// <summary>What a reader takes for a symbol that it doesn't have; null when that is an error.</summary>
    public string? Default { get; }

    /// <summary>The symbol's index; -1 when the enum doesn't have it.</summary>
    public int IndexOf(string symbol) => _indexes.TryGetValue(symbol, out var index) ? index : -1;
}
