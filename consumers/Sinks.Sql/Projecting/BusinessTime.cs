using System.Collections.Concurrent;
using System.Reflection;
using Streaming.Sinks.Events;

namespace Streaming.Sinks.Sql.Projecting;

/// <summary>When an event happened: its record's <c>OccurredAt</c>, as all contexts have it; without one, when it was recorded.</summary>
internal static class BusinessTime
{
    private static readonly ConcurrentDictionary<Type, Func<object, DateTimeOffset>?> _readers = new();

    public static DateTimeOffset Of(RecordedEvent recorded) =>
        _readers.GetOrAdd(recorded.Record.GetType(), ReaderOf) is { } read ? read(recorded.Record) : recorded.RecordedAt;

    private static Func<object, DateTimeOffset>? ReaderOf(Type type)
    {
        if (type.GetProperty("OccurredAt") is not { GetMethod: { } getter } property || property.PropertyType != typeof(DateTimeOffset))
            return null;
        return (Func<object, DateTimeOffset>)typeof(BusinessTime).GetMethod(nameof(Typed), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(getter.DeclaringType!).Invoke(null, [getter])!;
    }

    private static Func<object, DateTimeOffset> Typed<TRecord>(MethodInfo getter)
    {
        var get = getter.CreateDelegate<Func<TRecord, DateTimeOffset>>();
        return record => get((TRecord)record);
    }
}
