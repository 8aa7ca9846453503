using System.Text.Json;

namespace Streaming.Broker.Topics;

/// <summary>What the broker knows beside its logs, in files that a person can read; replaced whole at every change.</summary>
internal static class JsonFile
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true };

    /// <returns>Null for a file that says null.</returns>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static T? Read<T>(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), Format);
        }
        catch (JsonException cause)
        {
            throw new InvalidDataException($"{path} is damaged: restore it from a backup. ({cause.Message})", cause);
        }
    }

    public static void Write<T>(string path, T content) => AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(content, Format));
}
