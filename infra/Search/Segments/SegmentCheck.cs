using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Streaming.Search.Failures;
using Streaming.Search.Store;

namespace Streaming.Search.Segments;

/// <summary>Tells whether a segment's file is what was written. What passes is trusted from then on.</summary>
internal static class SegmentCheck
{
    private const int BufferBytes = 1 << 20;

    public static SegmentSummary ReadSummary(string path, SafeFileHandle file)
    {
        var fileBytes = RandomAccess.GetLength(file);
        Span<byte> trailer = stackalloc byte[SectionWriter.TrailerBytes];
        if (fileBytes < trailer.Length || RandomAccess.Read(file, trailer, fileBytes - trailer.Length) != trailer.Length
            || BinaryPrimitives.ReadUInt64LittleEndian(trailer[8..]) != SectionWriter.Magic)
            throw new DamagedFileException(path, "it does not end as a segment does");
        var length = BinaryPrimitives.ReadInt32LittleEndian(trailer);
        if (length < 0 || length > fileBytes - trailer.Length)
            throw new DamagedFileException(path, "its summary is longer than the file");
        var text = new byte[length];
        if (RandomAccess.Read(file, text, fileBytes - trailer.Length - length) != length || Checksum.Of(text) != BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]))
            throw new DamagedFileException(path, "the checksum of its summary is wrong");
        try
        {
            var summary = JsonSerializer.Deserialize(text, SegmentJson.Default.SegmentSummary);
            return summary is not null && summary.Sections.All(section => section.Offset >= 0 && section.Length >= 0 && section.Offset + section.Length <= fileBytes)
                ? summary
                : throw new DamagedFileException(path, "a section lies outside the file");
        }
        catch (JsonException cause)
        {
            throw new DamagedFileException(path, "its summary is no JSON", cause);
        }
    }

    public static void Verify(string path, SafeFileHandle file, SegmentSummary summary)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            foreach (var section in summary.Sections)
            {
                var state = Checksum.Begin;
                for (long done = 0; done < section.Length;)
                {
                    var count = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(BufferBytes, section.Length - done)), section.Offset + done);
                    if (count == 0)
                        throw new DamagedFileException(path, $"section {section.Name} is cut");
                    state = Checksum.Continue(state, buffer.AsSpan(0, count));
                    done += count;
                }

                if (~state != section.Checksum)
                    throw new DamagedFileException(path, $"the checksum of section {section.Name} is wrong");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
