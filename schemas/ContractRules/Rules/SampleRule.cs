using System.Text.Json;
using System.Text.Json.Nodes;
using Streaming.Avro;
using Streaming.Avro.Binary;
using Streaming.Avro.Resolution;
using Streaming.Avro.Schema;
using Streaming.Contracts.Upcasting;
using Streaming.ContractRules.Files;
using Streaming.ContractRules.Samples;

namespace Streaming.ContractRules.Rules;

/// <summary>Bytes of every version, stored when it was published, still say today what they said then.</summary>
internal static class SampleRule
{
    private const string Rule = "sample";
    private const string Restore = "Restore the sample (git checkout) and correct the schema or the upcaster; the bytes in the logs are the same as its.";

    public static IEnumerable<Finding> Check(ContractFolder contracts, IReadOnlyList<AvroRecordType> records, UpcasterChains chains)
    {
        var compiled = records.ToDictionary(record => record.FullName);
        foreach (var contract in contracts.Records)
        {
            // What has no record is told by the rule for that.
            if (!compiled.TryGetValue(contract.FullName, out var record))
                continue;
            var seen = new HashSet<string>();
            foreach (var file in contract.Versions)
            {
                var samples = SampleFolder.Of(contracts, file);
                if (samples.Count == 0)
                    yield return new(Rule, file.Path, "No sample of it is stored.", "infra/scripts/schemas.sh publish makes one; see that it says what it should.");
                foreach (var path in samples)
                {
                    if (Problem(contracts, file, record, chains, path, seen) is { } problem)
                        yield return new(Rule, path, problem, Restore);
                }
            }
            foreach (var missing in chains.Newest(record).Where(newest => !seen.Contains(newest.FullName)))
            {
                if (chains.Continue(record) && seen.Count > 0)
                    yield return new(Rule, contract.Newest.Path, $"No sample of it becomes {missing.FullName}.", $"Add one as {SampleFolder.PathOf(contract.Newest).Replace(".json", ".<word>.json")}.");
            }
        }
    }

    private static string? Problem(ContractFolder contracts, ContractFile file, AvroRecordType record, UpcasterChains chains, string path, HashSet<string> seen)
    {
        try
        {
            var sample = Sample.Parse(File.ReadAllText(contracts.At(path)));
            var body = Convert.FromHexString(sample.Body);
            var written = SampleJson.Of(file.Schema, body);
            if (!JsonNode.DeepEquals(written, sample.Written))
                return $"By {file.Path} it says {Text(written)}, {Text(sample.Written)} was stored.";
            var (newest, value) = Reading.Newest((RecordSchema)file.Schema, record, chains, body);
            seen.Add(newest);
            if (newest != sample.Newest)
                return $"It is read as {newest}, {sample.Newest} was stored.";
            return JsonNode.DeepEquals(value, sample.Value) ? null : $"As {newest} it says {Text(value)}, {Text(sample.Value)} was stored.";
        }
        catch (Exception cause) when (cause is JsonException or FormatException or ArgumentException)
        {
            return $"It is no sample: {cause.Message.TrimEnd('.')}.";
        }
        catch (Exception cause) when (cause is MalformedAvroException or UnresolvableSchemaException or ArithmeticException)
        {
            return $"{file.Path} cannot be read as the newest record: {cause.Message.TrimEnd('.')}.";
        }
    }

    private static string Text(JsonNode? json) => json?.ToJsonString() ?? "nothing";
}
