using System.Buffers;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Streaming.Benchmarks.Elastic;

/// <summary>What the sink wrote, sent again as bare bulk requests: the same documents under the same ids, with each version that they went through.</summary>
internal sealed class RawBulk(HttpClient http)
{
    private const int DocumentsPerRequest = 5_000;
    private const int ClientCount = 4;   // As many as the sink has writers.

    /// <param name="versionsEach">Each document is written so often, by rising version. All have the bytes of the last.</param>
    /// <returns>Documents per second, from the first request to the last answer, and what each takes of a processor, µs. Bodies are made before.</returns>
    public async Task<(double Rate, double ProcessorEach)> MeasureAsync(MeasuredNode node, string index, int versionsEach)
    {
        var raw = index + "-raw";
        var bodies = await BodiesAsync(index, raw, versionsEach);
        var mapping = JsonNode.Parse(await http.GetStringAsync(new Uri($"/{index}/_mapping", UriKind.Relative)))![index]!["mappings"]!.DeepClone();
        (await http.PutAsJsonAsync(new Uri($"/{raw}", UriKind.Relative), new JsonObject { ["mappings"] = mapping })).EnsureSuccessStatusCode();
        var (count, started, before) = (0, Stopwatch.GetTimestamp(), node.ProcessorTime + Environment.CpuUsage.TotalTime);
        foreach (var sameVersion in bodies)
        {
            await Parallel.ForEachAsync(sameVersion, new ParallelOptions { MaxDegreeOfParallelism = ClientCount }, async (body, cancellationToken) =>
            {
                using var content = new ByteArrayContent(body.Bytes);
                content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
                using var response = await http.PostAsync(new Uri("/_bulk", UriKind.Relative), content, cancellationToken);
                using var answer = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken), default, cancellationToken);
                if (answer.RootElement.GetProperty("errors").GetBoolean())
                    throw new InvalidOperationException("Not every document was written.");
                Interlocked.Add(ref count, body.Count);
            });
        }

        var rate = count / Stopwatch.GetElapsedTime(started).TotalSeconds;
        var processorEach = (node.ProcessorTime + Environment.CpuUsage.TotalTime - before).TotalMicroseconds / count;
        (await http.DeleteAsync(new Uri($"/{raw}", UriKind.Relative))).EnsureSuccessStatusCode();
        return (rate, processorEach);
    }

    private async Task<List<List<(byte[] Bytes, int Count)>>> BodiesAsync(string index, string raw, int versionsEach)
    {
        (await http.PostAsync(new Uri($"/{index}/_refresh", UriKind.Relative), content: null)).EnsureSuccessStatusCode();
        var bodies = Enumerable.Range(0, versionsEach).Select(_ => new List<(byte[], int)>()).ToList();
        for (JsonNode? after = null; ;)
        {
            var body = new JsonObject { ["size"] = DocumentsPerRequest, ["version"] = true, ["sort"] = new JsonArray(new JsonObject { ["sku"] = "asc" }) };
            if (after is not null)
                body["search_after"] = after;
            using var response = await http.PostAsJsonAsync(new Uri($"/{index}/_search", UriKind.Relative), body);
            using var answer = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync());
            var hits = answer.RootElement.GetProperty("hits").GetProperty("hits").EnumerateArray().ToList();
            if (hits.Count == 0)
                return bodies;
            for (var back = 0; back < versionsEach; back++)
                bodies[versionsEach - 1 - back].Add((Body(raw, hits, back), hits.Count));
            after = JsonNode.Parse(hits[^1].GetProperty("sort").GetRawText());
        }
    }

    private static byte[] Body(string raw, List<JsonElement> hits, int back)
    {
        var body = new ArrayBufferWriter<byte>();
        foreach (var hit in hits)
        {
            var id = hit.GetProperty("_id").GetString();
            body.Write(Encoding.UTF8.GetBytes($$$"""{"index":{"_index":"{{{raw}}}","_id":"{{{id}}}","version":{{{hit.GetProperty("_version").GetInt64() - back}}},"version_type":"external_gte"}}""" + "\n"));
            body.Write(Encoding.UTF8.GetBytes(hit.GetProperty("_source").GetRawText() + "\n"));
        }

        return body.WrittenMemory.ToArray();
    }
}
