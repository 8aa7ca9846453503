using Streaming.Avro.Schema;

namespace Streaming.Avro.Resolution;

/// <summary>Finds, for a writer's and a reader's schema, the step that rewrites a value of the one as the other.</summary>
/// <remarks>What can't fit for any value is an error at once; what can't fit for some values only (a union's branch, an enum's symbol) becomes a step that
/// fails when such a value comes.</remarks>
internal sealed class Resolver
{
    private readonly Dictionary<(RecordSchema, RecordSchema), RecordStep> _records = [];

    public Step Resolve(AvroSchema writer, AvroSchema reader) => (writer, reader) switch
    {
        // The same layout under the same names: nothing to rewrite, however deep it goes.
        _ when IsSameLayout(writer, reader) => new CopyStep(writer),
        (UnionSchema union, _) => OfWriterUnion(union, reader),
        (_, UnionSchema union) => OfReaderUnion(writer, union),
        (RecordSchema w, RecordSchema r) when SchemaMatch.Names(w, r) => OfRecords(w, r),
        (EnumSchema w, EnumSchema r) when SchemaMatch.Names(w, r) => new EnumStep(w, r),
        (FixedSchema w, FixedSchema r) when SchemaMatch.Names(w, r) && w.Size == r.Size => new CopyStep(w),
        (ArraySchema w, ArraySchema r) => new ArrayStep(w.Items, Resolve(w.Items, r.Items)),
        (MapSchema w, MapSchema r) => new MapStep(w.Values, Resolve(w.Values, r.Values)),
        (PrimitiveSchema, PrimitiveSchema) => OfPrimitives(writer, reader),
        _ => throw Unresolvable(writer, reader),
    };

    /// <summary>The canonical forms decide; types and names come first, because a form can be as long as the whole schema.</summary>
    private static bool IsSameLayout(AvroSchema writer, AvroSchema reader) =>
        writer.Type == reader.Type && writer.TypeName == reader.TypeName && writer.CanonicalForm == reader.CanonicalForm;

    /// <summary>Whichever branch was written, it is read as the reader's schema; only when none can be is that an error now.</summary>
    private UnionStep OfWriterUnion(UnionSchema writer, AvroSchema reader)
    {
        var steps = writer.Branches.Select(branch => TryResolve(branch, reader)).ToArray();
        if (steps.Length > 0 && steps.All(step => step is FailStep))
            throw new UnresolvableSchemaException(((FailStep)steps[0]).Reason);
        return new UnionStep(steps);
    }

    /// <summary>A branch of the same type and name comes before one that the value could be promoted to.</summary>
    private BranchStep OfReaderUnion(AvroSchema writer, UnionSchema reader)
    {
        var candidates = Enumerable.Range(0, reader.Branches.Count).OrderByDescending(index => SchemaMatch.Rank(writer, reader.Branches[index]));
        foreach (var index in candidates)
        {
            if (TryResolve(writer, reader.Branches[index]) is not FailStep and var step)
                return new BranchStep(index, step);
        }
        throw Unresolvable(writer, reader);
    }

    private Step TryResolve(AvroSchema writer, AvroSchema reader)
    {
        try
        {
            return Resolve(writer, reader);
        }
        catch (UnresolvableSchemaException unresolvable)
        {
            return new FailStep(unresolvable.Message);
        }
    }

    private RecordStep OfRecords(RecordSchema writer, RecordSchema reader)
    {
        if (_records.TryGetValue((writer, reader), out var known))
            return known.Failure is { } failure ? throw new UnresolvableSchemaException(failure) : known;
        // Known before its fields are, because they may lead back to it.
        var step = new RecordStep(writer);
        _records.Add((writer, reader), step);
        try
        {
            step.Complete([.. reader.Fields.Select(field => OfField(writer, reader, field))]);
        }
        catch (UnresolvableSchemaException unresolvable)
        {
            // Steps that lead back to it may be in use already.
            step.Fail(unresolvable.Message);
            throw;
        }
        return step;
    }

    private FieldPlan OfField(RecordSchema writer, RecordSchema reader, RecordField field)
    {
        if (SchemaMatch.Field(writer, field) is { } source)
            return new FieldPlan(source.Position, Resolve(source.Schema, field.Schema));
        return field.Default is { } value
            ? new FieldPlan(FieldPlan.NotWritten, new ConstantStep(DefaultEncoding.Encode(field.Schema, value)))
            : throw new UnresolvableSchemaException($"{reader.FullName}.{field.Name} is not in {writer.FullName} as it was written, and has no default.");
    }

    private static Step OfPrimitives(AvroSchema writer, AvroSchema reader) => (writer.Type, reader.Type) switch
    {
        (AvroType.Int, AvroType.Long) => new IntToLongStep(),
        // Bytes are written as the string they are; whether they are UTF-8 shows when they are decoded.
        (AvroType.String, AvroType.Bytes) or (AvroType.Bytes, AvroType.String) => new CopyStep(writer),
        (AvroType.Int or AvroType.Long, AvroType.Float) => new IntegerToFloatStep(),
        (AvroType.Int or AvroType.Long, AvroType.Double) => new IntegerToDoubleStep(),
        (AvroType.Float, AvroType.Double) => new FloatToDoubleStep(),
        _ => throw Unresolvable(writer, reader),
    };

    private static UnresolvableSchemaException Unresolvable(AvroSchema writer, AvroSchema reader) =>
        new($"Written as {Described(writer)}, which can't be read as {Described(reader)}.");

    private static string Described(AvroSchema schema) =>
        schema is UnionSchema union ? $"union of {string.Join(", ", union.Branches.Select(branch => branch.TypeName))}" : schema.TypeName;
}
