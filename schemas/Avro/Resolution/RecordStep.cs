using System.Buffers;
using Streaming.Avro.Binary;
using Streaming.Avro.Schema;

namespace Streaming.Avro.Resolution;

/// <summary>The reader's fields in their order, each from where the writer put it, or from its default.</summary>
internal sealed class RecordStep(RecordSchema written) : Step
{
    private FieldPlan[] _fields = [];

    /// <summary>One pass, for fields that came and went; null where the reader's order is another one.</summary>
    private Step[]? _forward;

    /// <summary>For generated code that reads the record without these steps; null where it needs them.</summary>
    public FieldOrder? Order { get; private set; }

    /// <summary>Why the record can't be read; null when it can.</summary>
    public string? Failure { get; private set; }

    public void Fail(string reason) => Failure = reason;

    public void Complete(FieldPlan[] fields)
    {
        _fields = fields;
        Order = FieldOrder.Of(written, fields);
        var sources = fields.Select(field => field.Source).Where(source => source != FieldPlan.NotWritten).ToList();
        var isInOrder = sources.Zip(sources.Skip(1), (left, right) => left < right).All(isRising => isRising);
        _forward = isInOrder ? ForwardSteps.Of(written, fields) : null;
    }

    public override void Run(ref AvroReader reader, ref AvroWriter writer)
    {
        if (Failure is not null)
            throw new UnresolvableSchemaException(Failure);
        reader.Enter();
        if (_forward is null)
            RunByPosition(ref reader, ref writer);
        else
            RunForward(_forward, ref reader, ref writer);
        reader.Leave();
    }

    private static void RunForward(Step[] steps, ref AvroReader reader, ref AvroWriter writer)
    {
        foreach (var step in steps)
            step.Run(ref reader, ref writer);
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
