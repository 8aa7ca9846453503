namespace Streaming.Registry.Store;

/// <summary>Whether a subject, or the registry, takes new schemas. The names are those of the Confluent API.</summary>
internal enum RegistryMode
{
    ReadWrite,
    ReadOnly,

    /// <summary>Of the registry alone: read-only, whatever modes subjects have of their own.</summary>
    ReadOnlyOverride,

    /// <summary>Schemas come with the ids and versions that another registry gave them.</summary>
    Import,
}

internal static class RegistryModes
{
    public static string Name(this RegistryMode mode) => mode switch
    {
        RegistryMode.ReadOnly => "READONLY",
        RegistryMode.ReadOnlyOverride => "READONLY_OVERRIDE",
        RegistryMode.Import => "IMPORT",
        _ => "READWRITE",
    };

    public static RegistryMode? Find(string? name) => name?.ToUpperInvariant() switch
    {
        "READWRITE" => RegistryMode.ReadWrite,
        "READONLY" => RegistryMode.ReadOnly,
        "READONLY_OVERRIDE" => RegistryMode.ReadOnlyOverride,
        "IMPORT" => RegistryMode.Import,
        _ => null,
    };
}
