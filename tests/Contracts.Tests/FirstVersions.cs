using System.Text.Json;
using Streaming.Contracts;

namespace Streaming.Tests;

/// <summary>A product's history as the first versions of inventory's records wrote it, encoded by another implementation: 120 − 20 + 100 − 20 + 50 − 20 − 20 + 5 units.</summary>
internal static class FirstVersions
{
    public const string Sku = "XYZ-1";
    public const int OnHand = 195;

    public static IReadOnlyList<FirstVersion> Events { get; } = Read();

    private static List<FirstVersion> Read()
    {
        using var stored = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "golden", "first-versions.json")));
        return
        [
            .. stored.RootElement.GetProperty("events").EnumerateArray().Select(happened => new FirstVersion(
                happened.GetProperty("key").GetString()!, happened.GetProperty("type").GetString()!, Convert.FromHexString(happened.GetProperty("body").GetString()!))),
        ];
    }
}

/// <summary>An event of then.</summary>
/// <param name="Type">Full name of its record.</param>
/// <param name="Body">Avro, without prefix.</param>
internal sealed record FirstVersion(string Key, string Type, byte[] Body)
{
    /// <summary>The schema that it was written with.</summary>
    public string Schema => AvroRecords.All.Single(record => record.FullName == Type).Versions[0].ToString();

    /// <summary>In Confluent wire format.</summary>
    public byte[] Frame(int schemaId) => [0, (byte)(schemaId >> 24), (byte)(schemaId >> 16), (byte)(schemaId >> 8), (byte)schemaId, .. Body];
}
