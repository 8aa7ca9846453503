namespace Streaming.Avro.Schema;

/// <summary>A piece of JSON as a schema holds it: a field's default, or an attribute that Avro itself gives no meaning.</summary>
public abstract class JsonValue
{
    private protected JsonValue()
    {
    }

    /// <summary>The value as JSON text without white space.</summary>
    public override string ToString() => new JsonWriter().Value(this).ToString();
}

/// <summary><c>null</c>.</summary>
public sealed class JsonNull : JsonValue
{
    public static readonly JsonNull Instance = new();

    private JsonNull()
    {
    }
}

/// <summary><c>true</c> or <c>false</c>.</summary>
public sealed class JsonBoolean(bool value) : JsonValue
{
    public bool Value { get; } = value;
}

/// <summary>A number, kept as it is written: a long has more digits than a double.</summary>
public sealed class JsonNumber(string text) : JsonValue
{
    public string Text { get; } = text;
}

/// <summary>A string, its escapes resolved.</summary>
public sealed class JsonString(string value) : JsonValue
{
    public string Value { get; } = value;
}

/// <summary>An array.</summary>
public sealed class JsonArray(IReadOnlyList<JsonValue> items) : JsonValue
{
    public IReadOnlyList<JsonValue> Items { get; } = items;
}

/// <summary>An object, its members in the order in which they are written; no name occurs twice.</summary>
public sealed class JsonObject : JsonValue
{
    private readonly Dictionary<string, JsonValue> _byName = [];

    public JsonObject(IReadOnlyList<KeyValuePair<string, JsonValue>> members)
    {
        Members = members;
        foreach (var member in members)
            _byName.Add(member.Key, member.Value);
    }

    public IReadOnlyList<KeyValuePair<string, JsonValue>> Members { get; }

    /// <summary>The member of that name; null when there is none.</summary>
    public JsonValue? Find(string name) => _byName.TryGetValue(name, out var value) ? value : null;
}
