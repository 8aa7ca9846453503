using Streaming.Avro;

namespace Streaming.Contracts.Upcasting;

/// <summary>A pure function from an old record to the one that took its place: one in, one out, so that an aggregate's sequence stays as it is.</summary>
/// <remarks>For what Avro's own resolution cannot do: a rename, a split, a change of meaning. What was written stays as it was; only what is read changes.</remarks>
public sealed class Upcaster
{
    private readonly Func<IAvroRecord, IAvroRecord> _upcast;

    private Upcaster(AvroRecordType from, IReadOnlyList<AvroRecordType> to, Func<IAvroRecord, IAvroRecord> upcast) =>
        (From, To, _upcast) = (from, to, upcast);

    /// <summary>The record that is read no more.</summary>
    public AvroRecordType From { get; }

    /// <summary>What it can become: each names <see cref="From"/> in its schema's <c>supersedes</c>.</summary>
    public IReadOnlyList<AvroRecordType> To { get; }

    /// <summary>Every old record becomes one of the same new type.</summary>
    public static Upcaster Of<TOld, TNew>(Func<TOld, TNew> upcast)
        where TOld : IAvroRecord<TOld>
        where TNew : IAvroRecord<TNew> =>
        new(TOld.RecordType, [TNew.RecordType], old => upcast((TOld)old));

    /// <summary>What the old record says decides which of two new types it becomes.</summary>
    public static Upcaster Split<TOld, TNew, TOther>(Func<TOld, IAvroRecord> upcast)
        where TOld : IAvroRecord<TOld>
        where TNew : IAvroRecord<TNew>
        where TOther : IAvroRecord<TOther> =>
        new(TOld.RecordType, [TNew.RecordType, TOther.RecordType], old => upcast((TOld)old));

    /// <param name="old">Of the type <see cref="From"/>.</param>
    public IAvroRecord Apply(IAvroRecord old) => _upcast(old);
}
