using System.Numerics;

namespace Streaming.Search.Segments;

/// <summary>Finds a segment's documents by id: an open hash table of the id's hash and the document's number + 1. An id may stand there several times.</summary>
internal static class IdTable
{
    public static ulong[] Create(int documentCount) => new ulong[BitOperations.RoundUpToPowerOf2((uint)Math.Max(documentCount * 3L / 2, 4))];

    public static void Add(ulong[] table, uint hash, int document)
    {
        var slot = hash & (uint)(table.Length - 1);
        while (table[slot] != 0)
            slot = (slot + 1) & (uint)(table.Length - 1);
        table[slot] = ((ulong)hash << 32) | (uint)(document + 1);
    }
}
