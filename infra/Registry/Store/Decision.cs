namespace Streaming.Registry.Store;

/// <summary>What a request leads to: records to append, none when everything is as asked already, and the answer once they are stored.</summary>
internal sealed record Decision<T>(IReadOnlyList<StoreRecord> Records, T Answer);
