namespace Streaming.Fixtures;

/// <summary>Names that no other test, run or developer on the same servers uses.</summary>
public static class SomeNames
{
    /// <summary>
    /// A fresh prefix such as <c>t-0198c2f3a1b2c3d4.</c> for topics, groups and transactional ids (<c>Topics:Prefix</c>).
    /// Starts with the time, so that leftovers on a shared cluster sort by age.
    /// </summary>
    public static string Prefix() => $"t-{Unique()}.";

    /// <summary><paramref name="role"/> with something unique behind it: <c>orders-0198c2f3a1b2c3d4</c>.</summary>
    public static string Name(string role) => $"{role}-{Unique()}";

    /// <summary>An Avro namespace that nobody else registers under: <c>test.n0198c2f3a1b2c3d4</c>.</summary>
    public static string Namespace() => $"test.n{Unique()}";

    private static string Unique()
    {
        var id = Guid.CreateVersion7().ToString("N");
        return id[..12] + id[^6..];
    }
}
