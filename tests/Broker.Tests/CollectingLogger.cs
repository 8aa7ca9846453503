using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Streaming.Broker.Tests;

/// <summary>Keeps what was logged as an error, with its cause.</summary>
internal sealed class CollectingLogger : ILogger, ILoggerFactory
{
    private readonly ConcurrentQueue<string> _errors = [];

    public IReadOnlyList<string> Errors => [.. _errors];

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
        // It is the test's.
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel == LogLevel.Error)
            _errors.Enqueue($"{formatter(state, exception)} {exception}");
    }
}
