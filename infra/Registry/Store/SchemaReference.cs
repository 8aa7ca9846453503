namespace Streaming.Registry.Store;

/// <summary>A version of a subject whose types a schema uses by name.</summary>
/// <param name="Name">What the referring schema calls it: for Avro the full name of the type. Kept and told; the types are found by their own names.</param>
internal sealed record SchemaReference(string? Name, string? Subject, int? Version)
{
    public override string ToString() => $"{Name} = version {Version} of {Subject}";
}
