namespace Streaming.Avro.Binary;

/// <summary>Reads one item of an array or map.</summary>
public delegate T AvroItemReader<out T>(ref AvroReader reader);

/// <summary>Arrays and maps: blocks of items, each behind its count.</summary>
public static class CollectionCodec
{
    extension(ref AvroReader reader)
    {
        /// <param name="itemBytesMin">The fewest bytes that an item takes.</param>
        /// <param name="readItem">Reads an item.</param>
        public List<T> ReadArray<T>(int itemBytesMin, AvroItemReader<T> readItem)
        {
            var items = new List<T>();
            while (reader.ReadBlockCount(itemBytesMin) is > 0 and var count)
            {
                items.EnsureCapacity(items.Count + count);
                for (; count > 0; count--)
                    items.Add(readItem(ref reader));
            }
            return items;
        }

        /// <summary>The entries in the order in which they are read; of two under one key the later one counts.</summary>
        /// <param name="valueBytesMin">The fewest bytes that a value takes.</param>
        /// <param name="readValue">Reads a value.</param>
        public OrderedDictionary<string, T> ReadMap<T>(int valueBytesMin, AvroItemReader<T> readValue)
        {
            var entries = new OrderedDictionary<string, T>();
            while (reader.ReadBlockCount(valueBytesMin + 1) is > 0 and var count)
            {
                for (; count > 0; count--)
                {
                    var key = reader.ReadString();
                    entries[key] = readValue(ref reader);
                }
            }
            return entries;
        }
    }
}
