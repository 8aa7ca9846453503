namespace Streaming.Avro.Generator;

/// <summary>What generated code calls where it meets Apache.Avro: the same text in every project, because the codec itself does not know Apache.Avro.</summary>
internal static class ApacheValues
{
    public static void Write(CodeWriter code)
    {
        foreach (var line in Text.Split('\n'))
            code.Line(line);
    }

    // The imports stand within the namespace, so that a record called List or Action hides none of them.
    private const string Text = """
        using System;
        using System.Collections;
        using System.Collections.Generic;
        using Streaming.Avro;
        using Streaming.Avro.Binary;

        /// <summary>Values of generated records as Apache.Avro's specific reader and writer have them, and back.</summary>
        internal static class Values
        {
            public static global::Avro.Schema? SchemaOf(string json)
            {
                try
                {
                    return global::Avro.Schema.Parse(json);
                }
                // Such as a UUID in 16 bytes. The record serves everybody else, and who asks for its schema is told.
                catch (global::Avro.AvroException)
                {
                    return null;
                }
            }

            /// <summary>The property's setter, also that of a property which is otherwise set by initializers alone.</summary>
            public static Action<TRecord, TValue> Setter<TRecord, TValue>(string property) =>
                typeof(TRecord).GetProperty(property)?.GetSetMethod(nonPublic: true)?.CreateDelegate<Action<TRecord, TValue>>()
                ?? ((_, _) => throw new InvalidOperationException($"{typeof(TRecord)}.{property} has no setter, so that Apache.Avro's reader cannot fill it: give it one (init will do)."));

            public static bool IsRecord<T>(object? value) => value is T or StandIn<T>;

            public static T Record<T>(object value) => value is StandIn<T> standIn ? standIn.Record : (T)value;

            public static T? Fixed<T>(ReadOnlyMemory<byte> value)
                where T : global::Avro.Specific.SpecificFixed, new() =>
                value.IsEmpty ? null : new T { Value = value.ToArray() };

            public static T Duration<T>(AvroDuration value)
                where T : global::Avro.Specific.SpecificFixed, new()
            {
                var bytes = new T();
                var writer = new AvroWriter(bytes.Value);
                writer.WriteDuration(value);
                return bytes;
            }

            public static AvroDuration Duration(byte[] value)
            {
                var reader = new AvroReader(value);
                return reader.ReadDuration();
            }

            public static DateTimeOffset Timestamp(object value) => new(((DateTime)value).ToUniversalTime());

            // Apache.Avro moves local times between the machine's zone and UTC; a time that is UTC already stays as it is.
            public static DateTime FromLocalTimestamp(DateTime value) => DateTime.SpecifyKind(value, DateTimeKind.Utc);

            public static DateTime LocalTimestamp(object value) => DateTime.SpecifyKind(((DateTime)value).ToUniversalTime(), DateTimeKind.Unspecified);

            /// <summary>With exactly so many digits after the point, as Apache.Avro wants it.</summary>
            public static global::Avro.AvroDecimal FromDecimal(decimal value, int scale)
            {
                var exact = AvroDecimal.Parse(value.ToString(global::System.Globalization.CultureInfo.InvariantCulture));
                var (unscaled, lost) = exact.Scale <= scale
                    ? (exact.Unscaled * global::System.Numerics.BigInteger.Pow(10, scale - exact.Scale), global::System.Numerics.BigInteger.Zero)
                    : global::System.Numerics.BigInteger.DivRem(exact.Unscaled, global::System.Numerics.BigInteger.Pow(10, exact.Scale - scale));
                return lost.IsZero ? new(unscaled, scale) : throw new ArgumentException($"{value} has more than {scale} digits after the point: round it first.", nameof(value));
            }

            public static global::Avro.AvroDecimal FromLarge(AvroDecimal value) => new(value.Unscaled, value.Scale);

            public static decimal Decimal(object value)
            {
                var theirs = (global::Avro.AvroDecimal)value;
                var bits = decimal.GetBits((decimal)theirs.UnscaledValue);
                return new decimal(bits[0], bits[1], bits[2], theirs.UnscaledValue.Sign < 0, (byte)theirs.Scale);
            }

            public static AvroDecimal Large(object value)
            {
                var theirs = (global::Avro.AvroDecimal)value;
                return new(theirs.UnscaledValue, theirs.Scale);
            }

            public static List<object?> FromList<T>(IReadOnlyList<T>? items, Func<T, object?> there)
            {
                if (items is null)
                    return new UnfilledList();
                var list = new List<object?>(items.Count);
                foreach (var item in items)
                    list.Add(there(item));
                return list;
            }

            public static List<T> List<T>(object value, Func<object, T> here)
            {
                var list = new List<T>();
                foreach (var item in (IList)value)
                    list.Add(here(item!));
                return list;
            }

            // No OrderedDictionary: that is a list too, and Apache.Avro would write it as one where a union has both.
            public static Dictionary<string, object?> FromMap<T>(IReadOnlyDictionary<string, T>? entries, Func<T, object?> there)
            {
                if (entries is null)
                    return new UnfilledMap();
                var map = new Dictionary<string, object?>(entries.Count);
                foreach (var entry in entries)
                    map.Add(entry.Key, there(entry.Value));
                return map;
            }

            public static OrderedDictionary<string, T> Map<T>(object value, Func<object, T> here)
            {
                var map = new OrderedDictionary<string, T>();
                foreach (DictionaryEntry entry in (IDictionary)value)
                    map.Add((string)entry.Key, here(entry.Value!));
                return map;
            }

            public static Exception NoField(int fieldPos) => new global::Avro.AvroRuntimeException($"The record has no field {fieldPos}.");

            public static Exception NoBranch(object? value) => new global::Avro.AvroRuntimeException($"The union has no branch for {value?.GetType().ToString() ?? "null"}.");
        }

        /// <summary>What a record without values has for an array: Apache.Avro's reader fills it, and needs not find out its type, which it cannot do for every array. To write it is an error.</summary>
        internal sealed class UnfilledList : List<object?>, ICollection
        {
            int ICollection.Count => throw new InvalidOperationException("An array of the record is null.");
        }

        /// <summary>The same for a map.</summary>
        internal sealed class UnfilledMap : Dictionary<string, object?>, ICollection
        {
            int ICollection.Count => throw new InvalidOperationException("A map of the record is null.");
        }

        /// <summary>Found by Apache.Avro's reader under a schema's name; makes and fills the record that is meant.</summary>
        internal abstract class StandIn<T> : global::Avro.Specific.ISpecificRecord
        {
            public T Record { get; } = Activator.CreateInstance<T>();

            public global::Avro.Schema Schema => Specific.Schema;

            private global::Avro.Specific.ISpecificRecord Specific => (global::Avro.Specific.ISpecificRecord)Record!;

            public object Get(int fieldPos) => Specific.Get(fieldPos);

            public void Put(int fieldPos, object fieldValue) => Specific.Put(fieldPos, fieldValue);
        }
        """;
}
