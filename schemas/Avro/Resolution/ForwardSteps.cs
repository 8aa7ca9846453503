using Streaming.Avro.Schema;

namespace Streaming.Avro.Resolution;

/// <summary>The steps of a record whose reader has the writer's order: what the reader doesn't want is skipped where it stands.</summary>
/// <remarks>Neighbours that are copied, or skipped, become one step: most fields of most versions are the same, and one long copy takes less time than many short ones (Benchmarks avro).</remarks>
internal sealed class ForwardSteps
{
    private readonly List<Step> _steps = [];

    /// <summary>The values that the step to come copies or skips.</summary>
    private List<AvroSchema> _values = [];
    private bool _isCopied;

    private ForwardSteps()
    {
    }

    /// <param name="fields">The reader's, with rising sources.</param>
    public static Step[] Of(RecordSchema written, FieldPlan[] fields)
    {
        var steps = new ForwardSteps();
        var next = 0;
        foreach (var field in fields)
        {
            for (; next < field.Source; next++)
                steps.Add(written.Fields[next].Schema, isCopied: false);
            steps.Add(field.Step);
            if (field.Source != FieldPlan.NotWritten)
                next++;
        }
        for (; next < written.Fields.Count; next++)
            steps.Add(written.Fields[next].Schema, isCopied: false);
        steps.EndValues();
        return [.. steps._steps];
    }

    private void Add(Step step)
    {
        if (step is CopyStep copy)
        {
            foreach (var schema in copy.Schemas)
                Add(schema, isCopied: true);
            return;
        }
        EndValues();
        _steps.Add(step);
    }

    private void Add(AvroSchema value, bool isCopied)
    {
        if (isCopied != _isCopied)
            EndValues();
        _isCopied = isCopied;
        _values.Add(value);
    }

    private void EndValues()
    {
        if (_values.Count > 0)
            _steps.Add(_isCopied ? new CopyStep(_values) : new SkipStep(_values));
        _values = [];
    }
}
