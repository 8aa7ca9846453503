namespace Streaming.Avro.Compatibility;

/// <summary>What a new schema owes to the versions before it.</summary>
/// <remarks>Source: Confluent Schema Registry documentation, "Compatibility types".</remarks>
public enum CompatibilityLevel
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It reads data of the latest version: upgrade consumers first.</summary>
    Backward,

    /// <summary>It reads data of every version.</summary>
    BackwardTransitive,

    /// <summary>The latest version reads its data: upgrade producers first.</summary>
    Forward,

    /// <summary>Every version reads its data.</summary>
    ForwardTransitive,

    /// <summary>Both ways with the latest version.</summary>
    Full,

    /// <summary>Both ways with every version.</summary>
    FullTransitive,
}

/// <summary>The levels by the names that registries use.</summary>
public static class CompatibilityLevels
{
    private static readonly string[] Names =
        ["NONE", "BACKWARD", "BACKWARD_TRANSITIVE", "FORWARD", "FORWARD_TRANSITIVE", "FULL", "FULL_TRANSITIVE"];

    /// <summary>As registries write it, such as <c>FULL_TRANSITIVE</c>.</summary>
    public static string Name(this CompatibilityLevel level) => Names[(int)level];

    /// <summary>Reads a name in upper or lower case.</summary>
    public static bool TryParse(string? name, out CompatibilityLevel level)
    {
        var index = Array.FindIndex(Names, known => known.Equals(name, StringComparison.OrdinalIgnoreCase));
        level = (CompatibilityLevel)Math.Max(index, 0);
        return index >= 0;
    }
}
