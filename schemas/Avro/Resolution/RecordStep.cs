using System.Buffers;
using Streaming.Avro.Binary;
using Streaming.Avro.Schema;

namespace Streaming.Avro.Resolution;

/// <summary>The reader's fields in their order, each from where the writer put it, or from its default.</summary>
internal sealed class RecordStep(RecordSchema written) : Step
{
    private FieldPlan[] _fields = [];
    private bool _isInOrder;

    /// <summary>Why the record can't be read; null when it can.</summary>
    public string? Failure { get; private set; }

    public void Fail(string reason) => Failure = reason;

    public void Complete(FieldPlan[] fields)
    {
        _fields = fields;
        var sources = fields.Select(field => field.Source).Where(source => source != FieldPlan.NotWritten).ToList();
        _isInOrder = sources.Zip(sources.Skip(1), (left, right) => left < right).All(isRising => isRising);
    }

    public override void Run(ref AvroReader reader, ref AvroWriter writer)
    {
        if (Failure is not null)
            throw new UnresolvableSchemaException(Failure);
        reader.Enter();
        if (_isInOrder)
            RunForward(ref reader, ref writer);
        else
            RunByPosition(ref reader, ref writer);
        reader.Leave();
    }

    /// <summary>One pass, which skips what the reader doesn't want: the case of fields that came and went.</summary>
    private void RunForward(ref AvroReader reader, ref AvroWriter writer)
    {
        var next = 0;
        foreach (var field in _fields)
        {
            for (; next < field.Source; next++)
                Skip.Value(written.Fields[next].Schema, ref reader);
            field.Step.Run(ref reader, ref writer);
            if (field.Source != FieldPlan.NotWritten)
                next++;
        }
        for (; next < written.Fields.Count; next++)
            Skip.Value(written.Fields[next].Schema, ref reader);
    }

    /// <summary>Two passes: where each field starts, then the reader's order. A field may serve two of the reader's, by an alias.</summary>
    private void RunByPosition(ref AvroReader reader, ref AvroWriter writer)
    {
        var starts = ArrayPool<int>.Shared.Rent(written.Fields.Count);
        try
        {
            for (var i = 0; i < written.Fields.Count; i++)
            {
                starts[i] = reader.Position;
                Skip.Value(written.Fields[i].Schema, ref reader);
            }
            var end = reader.Position;
            foreach (var field in _fields)
            {
                if (field.Source != FieldPlan.NotWritten)
                    reader.Seek(starts[field.Source]);
                field.Step.Run(ref reader, ref writer);
            }
            reader.Seek(end);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(starts);
        }
    }
}

/// <summary>Where a field of the reader comes from.</summary>
/// <param name="Source">Position of the writer's field, or <see cref="NotWritten"/>.</param>
internal readonly record struct FieldPlan(int Source, Step Step)
{
    public const int NotWritten = -1;
}
