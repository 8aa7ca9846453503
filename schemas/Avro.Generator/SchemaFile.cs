namespace Streaming.Avro.Generator;

/// <summary>An <c>.avsc</c> file. Compared by value, so that the compiler runs the generator again only when one changes.</summary>
internal sealed record SchemaFile(string Path, string Text);
