namespace Streaming.Registry.Api;

/// <summary>Contexts, of which this registry keeps the default one alone: <c>:.:subject</c> is <c>subject</c>, and any other is refused.</summary>
/// <remarks>Source: Confluent Schema Registry documentation, "Schema contexts".</remarks>
internal static class DefaultContext
{
    public const string Name = ".";

    /// <summary>In front of a subject, or of the beginning of one: in whatever context.</summary>
    private const string AnyContext = ":*:";

    private const string Mark = ":.";

    /// <summary>The subject without the default context in front.</summary>
    /// <exception cref="ApiError">42208: it names another context.</exception>
    public static string Unqualified(string subject)
    {
        if (subject.StartsWith(AnyContext, StringComparison.Ordinal))
            return subject[AnyContext.Length..];
        if (!subject.StartsWith(Mark, StringComparison.Ordinal))
            return subject;
        return subject.IndexOf(':', Mark.Length) == Mark.Length
            ? subject[(Mark.Length + 1)..]
            : throw new ApiError(42208, $"The subject '{subject}' is in a context of its own, and this registry keeps the default context alone: register it without one, or run a registry with a topic of its own.");
    }
}
