using System.Text.Json;

namespace Streaming.CommandHost.Http;

/// <summary>A field that a body may have, as the API's description tells it.</summary>
/// <param name="Items">Fields of each entry, when it is a list.</param>
internal sealed record FieldShape(string Name, FieldKind Kind, bool IsRequired, IReadOnlyList<FieldShape> Items)
{
    private static readonly JsonDocument Empty = JsonDocument.Parse("{}");

    /// <summary>The fields that a body is asked for: watched while an empty one is read, so that description and reading cannot differ.</summary>
    public static (IReadOnlyList<FieldShape> Fields, TCommand Command) Watch<TCommand>(CommandBody<TCommand> body, string id)
        where TCommand : class
    {
        var shapes = new List<FieldShape>();
        var command = body.Read(id, new BodyReader(Empty.RootElement, new FieldErrors(), shapes: shapes));
        return (shapes, command);
    }
}

internal enum FieldKind
{
    Text,
    Whole,
    Amount,
    Time,
    List,
}
