using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;

namespace Streaming.Hosting.Telemetry;

/// <summary>Adds up what the process measures, for who asks: our own meters, ASP.NET's and the runtime's.</summary>
internal sealed class MetricsBook : IHostedService, IDisposable
{
    private static readonly string[] OthersRead = ["Microsoft.AspNetCore.Hosting", "System.Runtime"];

    private readonly Lock _gate = new();
    private readonly Dictionary<Instrument, MeasuredInstrument> _instruments = [];
    private readonly MeterListener _listener = new();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith(TelemetryHosting.OwnPrefix, StringComparison.Ordinal) || OthersRead.Contains(instrument.Meter.Name))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.MeasurementsCompleted = (instrument, _) =>
        {
            lock (_gate)
                _instruments.Remove(instrument);
        };
        _listener.SetMeasurementEventCallback<byte>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<short>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<float>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<decimal>((instrument, value, tags, _) => Add(instrument, (double)value, tags));
        _listener.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _listener.Dispose();

    /// <summary>What was measured so far, gauges as they are now.</summary>
    public IReadOnlyList<InstrumentReading> Read()
    {
        lock (_gate)
        {
            foreach (var measured in _instruments.Values)
                measured.ForgetObserved();
            _listener.RecordObservableInstruments();    // Calls back on this thread, within the lock.
            return [.. _instruments.Values.Select(measured => measured.Read()).OrderBy(reading => reading.Name, StringComparer.Ordinal)];
        }
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_gate)
        {
            if (!_instruments.TryGetValue(instrument, out var measured))
                _instruments[instrument] = measured = new(instrument);
            measured.Add(value, tags);
        }
    }
}
