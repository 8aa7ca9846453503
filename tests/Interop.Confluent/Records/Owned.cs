namespace Streaming.Interop.Tests.Records;

/// <summary>A type of the project's own around a text.</summary>
public readonly record struct OwnerId(string Value);

/// <summary>A type of the project's own around a decimal.</summary>
public sealed record Paid(decimal Value);

/// <summary>What has an owner: a property that a generated record does not have itself.</summary>
public abstract record Owned(OwnerId Owner);
