namespace Streaming.Registry.Store;

/// <summary>What one record of the schemas topic says.</summary>
internal abstract record StoreRecord;

/// <summary>A version of a subject: new, softly deleted, or with null gone for good.</summary>
internal sealed record SchemaRecord(string Subject, int Version, StoredSchema? Schema) : StoreRecord;

/// <summary>All versions up to and including this one are softly deleted.</summary>
internal sealed record SubjectDeletedRecord(string Subject, int ThroughVersion) : StoreRecord;

/// <summary>The settings of a subject, or of all where <paramref name="Subject"/> is null; null takes them back.</summary>
internal sealed record SettingsRecord(string? Subject, SubjectSettings? Settings) : StoreRecord;

/// <summary>The mode of a subject, or of all where <paramref name="Subject"/> is null; a null mode takes it back.</summary>
internal sealed record ModeRecord(string? Subject, RegistryMode? Mode) : StoreRecord;
