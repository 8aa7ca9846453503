using Confluent.Kafka;

namespace Streaming.Sinks.DryRuns;

/// <summary>Says how a dry run goes: a line each second, errors below it, a summary at the end.</summary>
internal sealed class DryRunPrinter(TextWriter output, string sink, Findings findings, TimeProvider time)
{
    private const int MessageChars = 300;

    private readonly Dictionary<string, long> _printed = [];
    private readonly long _startedAt = time.GetTimestamp();
    private long _begunAt = time.GetTimestamp();
    private long _lastAt;
    private long _lastCount;

    public void Begin(IReadOnlyCollection<TopicPartition> partitions, long totalCount, DryRunOptions options)
    {
        _begunAt = _lastAt = time.GetTimestamp();
        var topics = string.Join(", ", partitions.Select(partition => partition.Topic).Distinct());
        Line($"{sink}, dry run: {topics}, {partitions.Count} partitions, {totalCount} offsets from {options.From} to the end of now"
            + $"{(options.Max < long.MaxValue ? $", {options.Max} events at most" : "")}, as {options.As}. Nothing is written, nobody is called.");
    }

    public void Progress(History history)
    {
        var rate = (findings.EventCount - _lastCount) / Math.Max(time.GetElapsedTime(_lastAt).TotalSeconds, 0.001);
        (_lastAt, _lastCount) = (time.GetTimestamp(), findings.EventCount);
        var (done, total) = (history.DoneCount, history.TotalCount);
        var left = done > 0 ? $"{time.GetElapsedTime(_begunAt).TotalSeconds * (total - done) / done:0} s" : "unknown";
        Line($"{findings.EventCount} events, {done} of {total} offsets ({(total == 0 ? 100 : 100.0 * done / total):0} %), {rate:0} events/s, {findings.ErrorCount} errors, ETA {left}");
        foreach (var error in findings.Errors.Where(error => _printed.GetValueOrDefault(error.FirstPosition) != error.Count))
            Print(error);
    }

    /// <param name="scope">What the sink's own code did; null where it has nothing to try.</param>
    public void End(History history, string? scope)
    {
        var took = time.GetElapsedTime(_begunAt).TotalSeconds;
        Line($"Done: {findings.EventCount} events, {history.DoneCount} of {history.TotalCount} offsets, in {took:0.0} s ({findings.EventCount / Math.Max(took, 0.001):0} events/s), {findings.ErrorCount} errors.");
        foreach (var error in findings.Errors)
            Print(error);
        Say(findings.WaitingCount, "wait behind an error of their aggregate, and were not tried");
        Say(findings.RepeatedCount, "were there before, and are passed over");
        Say(findings.ErasedCount, "belong to erased aggregates, and are passed over");
        Say(findings.UnprojectedCount, "belong to aggregates that began before: decoded, their sequences judged, and no more");
        Say(findings.SkippedCallCount, "would have called somebody, who was not called: there is no record of the answer");
        Line($"Tried: every event was decoded by its schema, and its sequence judged. {scope ?? $"What {sink} makes of it was not tried: it has nothing that works without its destination."}");
    }

    public void CutOff(string reason) =>
        Line($"Cut off after {time.GetElapsedTime(_startedAt).TotalSeconds:0.0} s and {findings.EventCount} events, {findings.ErrorCount} errors: {reason}");

    private void Print(Finding error)
    {
        _printed[error.FirstPosition] = error.Count;
        var consequence = error.Consequence == Consequence.Parked ? "would be parked" : "would stop its partition";
        var message = error.Message.Length > MessageChars ? error.Message[..MessageChars] + "…" : error.Message;
        Line($"  {error.Count} x {consequence}, first {error.FirstPosition}: {message.ReplaceLineEndings(" ")}");
    }

    private void Say(long count, string what)
    {
        if (count > 0)
            Line($"  {count} events {what}.");
    }

    private void Line(string text)
    {
        output.WriteLine(text);
        output.Flush();
    }
}
