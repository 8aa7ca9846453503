using System.Collections.Frozen;
using Streaming.Avro;

namespace Streaming.Contracts.Upcasting;

/// <summary>The upcasters of a process, one behind the other: whichever version a record has, it becomes the newest.</summary>
public sealed class UpcasterChains
{
    private readonly FrozenDictionary<Type, Upcaster> _byType;

    /// <param name="records">What the process reads.</param>
    /// <exception cref="InvalidUpcastersException">Two start from one record, one leads to a record that is not read, or they go in a circle.</exception>
    public UpcasterChains(IEnumerable<Upcaster> upcasters, IEnumerable<AvroRecordType> records)
    {
        var all = upcasters.ToList();
        var known = records.ToHashSet();
        foreach (var upcaster in all)
        {
            if (upcaster.To.Prepend(upcaster.From).FirstOrDefault(record => !known.Contains(record)) is { } unknown)
                throw new InvalidUpcastersException($"The upcaster from {upcaster.From.FullName} needs {unknown.FullName}, which this process does not read: add it to the records.");
        }
        if (all.GroupBy(upcaster => upcaster.From).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new InvalidUpcastersException($"{twice.Key.FullName} has {twice.Count()} upcasters: keep the one to the next version.");
        _byType = all.ToFrozenDictionary(upcaster => upcaster.From.ClrType);
        foreach (var upcaster in all)
            Follow(upcaster.From, []);
    }

    /// <summary>The record is not the newest of its line.</summary>
    public bool Continue(AvroRecordType record) => _byType.ContainsKey(record.ClrType);

    /// <summary>What records of this type become in the end; itself where there is no upcaster.</summary>
    public IReadOnlyList<AvroRecordType> Newest(AvroRecordType record) =>
        _byType.TryGetValue(record.ClrType, out var upcaster) ? [.. upcaster.To.SelectMany(Newest).Distinct()] : [record];

    /// <summary>The record in its newest version; itself where there is no upcaster.</summary>
    public IAvroRecord Upcast(IAvroRecord record)
    {
        while (_byType.TryGetValue(record.GetType(), out var upcaster))
        {
            record = upcaster.Apply(record);
            // Checked because only the chain of what upcasters say they return is known to end.
            if (!IsOneOf(upcaster.To, record))
                throw new InvalidUpcastersException($"The upcaster from {upcaster.From.FullName} returned {record?.GetType().Name ?? "null"}, which it does not name.");
        }
        return record;
    }

    private static bool IsOneOf(IReadOnlyList<AvroRecordType> types, IAvroRecord record)
    {
        for (var i = 0; i < types.Count; i++)
        {
            if (types[i].ClrType == record?.GetType())
                return true;
        }
        return false;
    }

    private void Follow(AvroRecordType record, List<AvroRecordType> path)
    {
        path.Add(record);
        if (path.IndexOf(record) < path.Count - 1)
            throw new InvalidUpcastersException($"The upcasters go in a circle: {string.Join(" → ", path.Select(step => step.FullName))}.");
        if (_byType.TryGetValue(record.ClrType, out var upcaster))
        {
            foreach (var next in upcaster.To)
                Follow(next, [.. path]);
        }
    }
}

/// <summary>The upcasters of a process cannot be right: a mistake in the program, found at its start.</summary>
public sealed class InvalidUpcastersException(string message) : Exception(message);
