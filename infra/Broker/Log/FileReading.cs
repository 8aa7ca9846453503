using Microsoft.Win32.SafeHandles;

namespace Streaming.Broker.Log;

/// <summary>Reading where the system may give less than was asked for.</summary>
internal static class FileReading
{
    /// <summary>Fills the buffer, or as much of it as the file has from there on.</summary>
    /// <returns>How many bytes were read.</returns>
    public static int ReadFully(this SafeFileHandle file, Span<byte> buffer, long position)
    {
        var done = 0;
        while (done < buffer.Length)
        {
            var read = RandomAccess.Read(file, buffer[done..], position + done);
            if (read == 0)
                break;
            done += read;
        }

        return done;
    }
}
