using System.Runtime.InteropServices;

namespace Streaming.Shared;

/// <summary>Zstandard, by the system's libzstd. Where there is none, batches compressed with it cannot be read, and say so.</summary>
internal static class Zstd
{
    private const int OutputBytes = 128 * 1_024;
    private const int Level = 3;
    private const string Missing = "The batch is compressed with zstd, and libzstd.so.1 is not on this machine: install libzstd1.";
    private static readonly Lazy<bool> Loaded = new(() => NativeLibrary.TryLoad(NativeMethods.Library, typeof(Zstd).Assembly, searchPath: null, out _));

    public static bool IsPresent => Loaded.Value;

    /// <exception cref="CorruptRecordsException">They are not zstd, too much, or the library is missing.</exception>
    public static void Decode(ReadOnlyMemory<byte> compressed, BoundedBuffer output)
    {
        try
        {
            DecodeStream(compressed, output);
        }
        catch (DllNotFoundException cause)
        {
            throw new CorruptRecordsException(Missing, cause);
        }
    }

    /// <exception cref="CorruptRecordsException">The library is missing.</exception>
    public static void Encode(ReadOnlySpan<byte> records, BoundedBuffer output)
    {
        try
        {
            var room = output.GetSpan((int)NativeMethods.ZSTD_compressBound((nuint)records.Length));
            var written = NativeMethods.ZSTD_compress(
                ref MemoryMarshal.GetReference(room), (nuint)room.Length, ref MemoryMarshal.GetReference(records), (nuint)records.Length, Level);
            Check(written);
            output.Advance((int)written);
        }
        catch (DllNotFoundException cause)
        {
            throw new CorruptRecordsException(Missing, cause);
        }
    }

    // As a stream, because clients that compress as they write don't know, and don't say, how much it will be.
    private static void DecodeStream(ReadOnlyMemory<byte> compressed, BoundedBuffer output)
    {
        var input = MemoryMarshal.TryGetArray(compressed, out var segment) ? segment : new ArraySegment<byte>(compressed.ToArray());
        var chunk = new byte[OutputBytes];
        var pinnedInput = GCHandle.Alloc(input.Array, GCHandleType.Pinned);
        var pinnedChunk = GCHandle.Alloc(chunk, GCHandleType.Pinned);
        var stream = NativeMethods.ZSTD_createDStream();
        try
        {
            var from = new NativeMethods.Slice(pinnedInput.AddrOfPinnedObject() + input.Offset, (nuint)input.Count);
            nuint expected;
            bool isDone;
            do
            {
                var to = new NativeMethods.Slice(pinnedChunk.AddrOfPinnedObject(), (nuint)chunk.Length);
                expected = NativeMethods.ZSTD_decompressStream(stream, ref to, ref from);
                Check(expected);
                output.Write(chunk.AsSpan(0, (int)to.Position));
                // A full chunk may leave more of it inside the library, unless the frame is at its end.
                isDone = from.Position == from.SizeBytes && (expected == 0 || to.Position < to.SizeBytes);
            }
            while (!isDone);
            if (expected != 0)
                throw new CorruptRecordsException("The zstd data ends in the middle.");
        }
        finally
        {
            NativeMethods.ZSTD_freeDStream(stream);
            pinnedChunk.Free();
            pinnedInput.Free();
        }
    }

    private static void Check(nuint result)
    {
        if (NativeMethods.ZSTD_isError(result) != 0)
            throw new CorruptRecordsException($"The zstd data is damaged: {Marshal.PtrToStringUTF8(NativeMethods.ZSTD_getErrorName(result))}.");
    }

    private static class NativeMethods
    {
        public const string Library = "libzstd.so.1";

        [DllImport(Library)]
        public static extern nint ZSTD_createDStream();

        [DllImport(Library)]
        public static extern nuint ZSTD_freeDStream(nint stream);

        [DllImport(Library)]
        public static extern nuint ZSTD_decompressStream(nint stream, ref Slice output, ref Slice input);

        [DllImport(Library)]
        public static extern nuint ZSTD_compressBound(nuint sizeBytes);

        [DllImport(Library)]
        public static extern nuint ZSTD_compress(ref byte output, nuint outputBytes, ref byte input, nuint inputBytes, int level);

        [DllImport(Library)]
        public static extern uint ZSTD_isError(nuint result);

        [DllImport(Library)]
        public static extern nint ZSTD_getErrorName(nuint result);

        /// <summary>ZSTD_inBuffer and ZSTD_outBuffer: the same fields.</summary>
        [StructLayout(LayoutKind.Sequential)]
        public struct Slice(nint bytes, nuint sizeBytes)
        {
            public nint Bytes = bytes;
            public nuint SizeBytes = sizeBytes;
            public nuint Position;
        }
    }
}
