namespace Streaming.Registry.Store;

/// <summary>Whether a subject, or the registry, takes new schemas. The names are those of the Confluent API.</summary>
internal enum RegistryMode
{
    ReadWrite,
    ReadOnly,
}

internal static class RegistryModes
{
    public static string Name(this RegistryMode mode) => mode == RegistryMode.ReadOnly ? "READONLY" : "READWRITE";

    public static RegistryMode? Find(string? name) => name?.ToUpperInvariant() switch
    {
        "READWRITE" => RegistryMode.ReadWrite,
        "READONLY" or "READONLY_OVERRIDE" => RegistryMode.ReadOnly,
        _ => null,
    };
}
