namespace Streaming.Domain.__Context__;

/// <summary>What __context__ needs to know of the __words__ to decide about it.</summary>
/// <param name="Name">What people call it; null while nobody has opened it.</param>
/// <param name="Total">What it has counted; never negative.</param>
public sealed record __Aggregate__(string? Name, int Total)
{
    /// <summary>One that nobody has opened.</summary>
    public static readonly __Aggregate__ Unknown = new(Name: null, Total: 0);

    /// <summary>Somebody has opened it.</summary>
    public bool IsOpen => Name is not null;

    /// <summary>Nothing happens to it any more.</summary>
    public bool IsClosed { get; init; }
}
