using System.Globalization;
using System.Text;

namespace Streaming.Hosting.Telemetry;

/// <summary>Metrics in Prometheus' text format, version 0.0.4.</summary>
/// <remarks>Source: Prometheus, exposition formats; OpenTelemetry, compatibility with Prometheus (names, units, <c>_total</c>).</remarks>
internal static class PrometheusText
{
    public static string Write(IEnumerable<InstrumentReading> instruments)
    {
        var text = new StringBuilder();
        // Instruments of several meters may share a name; the format wants their lines together.
        foreach (var metric in instruments.GroupBy(FullName, StringComparer.Ordinal))
        {
            var (name, first) = (metric.Key, metric.First());
            if (!string.IsNullOrEmpty(first.Description))
                text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {first.Description.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\n");
            text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {first.Kind.ToString().ToLowerInvariant()}\n");
            foreach (var instrument in metric)
                WriteSeries(text, name, instrument);
        }

        return text.ToString();
    }

    /// <summary>Letters, digits and '_'; everything else becomes '_'.</summary>
    public static string NameOf(string name)
    {
        var allowed = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        return char.IsAsciiDigit(allowed[0]) ? "_" + allowed : allowed;
    }

    public static string Escaped(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static void WriteSeries(StringBuilder text, string name, InstrumentReading instrument)
    {
        foreach (var series in instrument.Series)
        {
            if (instrument.Kind == MetricKind.Histogram)
                WriteHistogram(text, name, instrument.Bounds, series);
            else
                WriteLine(text, name, series.Labels, series.Sum);
        }
    }

    private static void WriteHistogram(StringBuilder text, string name, IReadOnlyList<double> bounds, SeriesReading series)
    {
        var upTo = 0L;
        for (var i = 0; i < series.Buckets.Count; i++)
        {
            upTo += series.Buckets[i];
            var bound = i < bounds.Count ? Number(bounds[i]) : "+Inf";
            WriteLine(text, name + "_bucket", series.Labels.Length == 0 ? $"le=\"{bound}\"" : $"{series.Labels},le=\"{bound}\"", upTo);
        }

        WriteLine(text, name + "_sum", series.Labels, series.Sum);
        WriteLine(text, name + "_count", series.Labels, series.Count);
    }

    private static void WriteLine(StringBuilder text, string name, string labels, double value) => text
        .Append(name).Append(labels.Length == 0 ? "" : $"{{{labels}}}").Append(' ').Append(Number(value)).Append('\n');

    private static string Number(double value) =>
        double.IsNaN(value) ? "NaN" : double.IsInfinity(value) ? (value > 0 ? "+Inf" : "-Inf") : value.ToString("R", CultureInfo.InvariantCulture);

    private static string FullName(InstrumentReading instrument)
    {
        var unit = instrument.Unit switch
        {
            "ms" => "_milliseconds",
            "s" => "_seconds",
            "By" => "_bytes",
            _ => "",            // {event} and the like say what is counted, which the name says already.
        };
        var name = NameOf(instrument.Name);
        if (!name.EndsWith(unit, StringComparison.Ordinal))
            name += unit;
        return instrument.Kind == MetricKind.Counter && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }
}
