using Streaming.Avro;
using Streaming.Avro.Schema;
using Streaming.Contracts;
using Streaming.Contracts.Upcasting;
using Streaming.ContractRules.Files;
using Streaming.ContractRules.Samples;

namespace Streaming.ContractRules;

/// <summary>Makes new versions public: from now on they stay as they are.</summary>
public static class Publication
{
    private const string Encoder = "Streaming.Avro";

    /// <summary>Lists new files in the manifest, and stores a sample of each version that has none.</summary>
    /// <returns>What was written, relative to the folder.</returns>
    public static IReadOnlyList<string> Publish(string folder)
    {
        var contracts = ContractFolder.Read(folder);
        var compiled = AvroRecords.All.ToDictionary(record => record.FullName);
        var chains = new UpcasterChains(Upcasters.All, AvroRecords.All);
        var known = Manifest.Read(contracts.Root).Hashes;
        var written = new List<string>();
        foreach (var file in contracts.Files)
        {
            if (!known.ContainsKey(file.Path))
                written.Add(file.Path);
            if (file.Schema is RecordSchema schema && compiled.TryGetValue(schema.FullName, out var record) && SampleFolder.Of(contracts, file).Count == 0)
                written.Add(Store(contracts, file, schema, record, chains));
        }
        Manifest.Add(contracts.Root, contracts.Files);
        return written;
    }

    private static string Store(ContractFolder contracts, ContractFile file, RecordSchema schema, AvroRecordType record, UpcasterChains chains)
    {
        var body = SampleValue.Encode(schema);
        var (newest, value) = Reading.Newest(schema, record, chains, body);
        var path = SampleFolder.PathOf(file);
        Directory.CreateDirectory(Path.GetDirectoryName(contracts.At(path))!);
        File.WriteAllText(contracts.At(path), new Sample(Encoder, Convert.ToHexStringLower(body), SampleJson.Of(schema, body), newest, value).ToString());
        return path;
    }
}
