using System.Text.Json.Nodes;
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

    /// <summary>Lists new files in the manifest, stores a sample of each version that has none, and says in older samples what they have become by the new versions.</summary>
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
        foreach (var contract in contracts.Records.Where(contract => compiled.ContainsKey(contract.FullName)))
        {
            var becomes = chains.Newest(compiled[contract.FullName]).Select(newest => newest.FullName).Append(contract.FullName).ToHashSet();
            if (contracts.Files.Any(file => becomes.Contains(file.Schema.FullName) && !known.ContainsKey(file.Path)))
                written.AddRange(contract.Versions.SelectMany(file => Renew(contracts, file, compiled[contract.FullName], chains)).Except(written));
        }
        Manifest.Add(contracts.Root, contracts.Files);
        return written;
    }

    // Bytes, and what was written with them, stay; a person sees the difference in what they are read as before it is committed.
    private static IEnumerable<string> Renew(ContractFolder contracts, ContractFile file, AvroRecordType record, UpcasterChains chains)
    {
        foreach (var path in SampleFolder.Of(contracts, file))
        {
            var sample = Sample.Parse(File.ReadAllText(contracts.At(path)));
            var (newest, value) = Reading.Newest((RecordSchema)file.Schema, record, chains, Convert.FromHexString(sample.Body));
            if (newest == sample.Newest && JsonNode.DeepEquals(value, sample.Value))
                continue;
            File.WriteAllText(contracts.At(path), (sample with { Newest = newest, Value = value }).ToString());
            yield return path;
        }
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
