using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Streaming.Avro.Schema;

namespace Streaming.Registry.Store;

/// <summary>What a schema is known by in every registry: the MD5 hash of its text in Apache's form, its references, its metadata and its rules.</summary>
/// <remarks>
/// Two texts are the same schema, and share an id, when this is equal: they may differ in whitespace, in member order and in the spelling of names. Documentation,
/// defaults and attributes count: other than with the canonical form, the id must bring all of them back.
/// Source: io.confluent.kafka.schemaregistry.client.rest.entities.Schema (updateHash), Metadata, Rule.
/// </remarks>
internal static class SchemaGuid
{
    // Tells metadata without content from none.
    private const byte Present = 1;

    public static string Of(StoredSchema schema) => Of(schema.Text, schema.References, schema.Metadata, schema.RuleSet, schema.Type);

    [SuppressMessage("Security", "CA5351", Justification = "The hash names a schema, as Confluent's registry does it; nothing is kept secret or safe by it.")]
    public static string Of(string text, IReadOnlyList<SchemaReference> references, SchemaMetadata? metadata, RuleSet? rules, string type = SchemaTypes.Avro)
    {
        var content = new ArrayBufferWriter<byte>(text.Length + 256);
        Write(content, type == SchemaTypes.Avro ? Form(text) : text);
        foreach (var reference in references)
        {
            Write(content, reference.Name, reference.Subject);
            BinaryPrimitives.WriteInt32BigEndian(content.GetSpan(sizeof(int)), reference.Version ?? 0);
            content.Advance(sizeof(int));
        }
        Write(content, metadata);
        Write(content, rules);
        return new Guid(MD5.HashData(content.WrittenSpan), bigEndian: true).ToString();
    }

    private static string Form(string text)
    {
        try
        {
            return ApacheText.Of(text);
        }
        catch (Exception cause) when (cause is JsonException or InvalidSchemaException or InvalidOperationException or KeyNotFoundException)
        {
            // Written by another registry with looser rules: it is equal to itself alone.
            return text;
        }
    }

    private static void Write(ArrayBufferWriter<byte> content, SchemaMetadata? metadata)
    {
        if (metadata is null)
            return;
        Write(content, Present);
        foreach (var (path, tags) in Ordered(metadata.Tags))
            Write(content, [path, .. Ordered(tags)]);
        foreach (var (name, value) in Ordered(metadata.Properties))
            Write(content, name, value);
        Write(content, [.. Ordered(metadata.Sensitive)]);
    }

    private static void Write(ArrayBufferWriter<byte> content, RuleSet? rules)
    {
        if (rules is null)
            return;
        Write(content, Present);
        foreach (var rule in rules.All)
        {
            Write(content, [rule.Name, rule.Doc, rule.Kind, rule.Mode, rule.Type, .. Ordered(rule.Tags)]);
            foreach (var (name, value) in Ordered(rule.Params))
                Write(content, name, value);
            Write(content, rule.Expr, rule.OnSuccess, rule.OnFailure);
            if (rule.Disabled)
                Write(content, Present);
        }
    }

    private static void Write(ArrayBufferWriter<byte> content, params ReadOnlySpan<string?> texts)
    {
        foreach (var text in texts)
            Encoding.UTF8.GetBytes(text, content);
    }

    private static void Write(ArrayBufferWriter<byte> content, byte mark) => content.Write([mark]);

    private static IEnumerable<KeyValuePair<string, T>> Ordered<T>(IReadOnlyDictionary<string, T>? named) =>
        (named ?? new Dictionary<string, T>()).OrderBy(member => member.Key, StringComparer.Ordinal);

    private static IEnumerable<string> Ordered(IReadOnlyList<string>? texts) => (texts ?? []).Distinct().Order(StringComparer.Ordinal);
}
