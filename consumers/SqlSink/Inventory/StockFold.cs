using Streaming.Contracts.Inventory;
using Streaming.Sinks.Events;

namespace Streaming.SqlSink.Inventory;

/// <summary>One batch folded over the rows before it: what is new, what is a repeat, and the rows after it. In memory.</summary>
internal sealed class StockFold(Dictionary<string, StockRow> before, EventBatch batch)
{
    private readonly Dictionary<string, StockRow> _changed = [];

    /// <summary>Events that were not applied before, with what they did.</summary>
    public List<(RecordedEvent Recorded, InventoryEvent Happened, StockMovement Movement)> New { get; } = [];

    /// <summary>Events whose sequence was applied before: harmless if they say the same.</summary>
    public List<RecordedEvent> Repeated { get; } = [];

    public IReadOnlyCollection<StockRow> Changed => _changed.Values;

    /// <exception cref="PoisonEventException">The event belongs to something else, or leaves a gap.</exception>
    public void Add(RecordedEvent recorded)
    {
        if (recorded.Record is not InventoryEvent happened)
            throw new PoisonEventException(recorded.Offset, $"{recorded.WriterSchema.FullName} is no event of the inventory; its producer writes to the wrong topic.");
        if (happened.Sku.Value != recorded.AggregateId)
            throw new PoisonEventException(recorded.Offset, $"the key names {recorded.AggregateId}, the event {happened.Sku.Value}: its producer is wrong.");

        var row = Find(recorded.AggregateId);
        switch (batch.Judge(recorded, row?.Version ?? 0, row?.Offset ?? -1))
        {
            case SequenceVerdict.Gap:
                throw SequenceRule.Gap(recorded, row?.Version ?? 0);
            case SequenceVerdict.Repeated:
                Repeated.Add(recorded);
                return;
        }

        var movement = StockProjection.Move(happened);
        _changed[recorded.AggregateId] = StockProjection.Apply(row, recorded, happened, movement);
        New.Add((recorded, happened, movement));
    }

    private StockRow? Find(string sku) => _changed.TryGetValue(sku, out var row) || before.TryGetValue(sku, out row) ? row : null;
}
