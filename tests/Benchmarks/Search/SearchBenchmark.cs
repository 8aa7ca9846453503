using System.Globalization;
using Streaming.Fixtures;

namespace Streaming.Benchmarks.Search;

/// <summary>The embedded search node against OpenSearch: the same bulk requests by one client, by turns, then the same questions; each in a process of its own.</summary>
internal static class SearchBenchmark
{
    private const int RoundCount = 3;

    /// <param name="documentCount">Per round and server.</param>
    public static async Task RunAsync(int documentCount)
    {
        await using var embedded = await SearchProcess.StartAsync();
        var servers = new List<(string Name, string Url)> { ("embedded node", embedded.Url) };
        if (RealServers.Has(RealServer.Search))
            servers.Add(("OpenSearch", await RealServers.SearchAsync()));

        var rates = servers.ToDictionary(server => server.Name, _ => new List<double>());
        var questions = servers.ToDictionary(server => server.Name, _ => new List<(string What, double Ms)>());
        for (var round = 0; round < RoundCount; round++)
        {
            foreach (var (name, url) in servers)
            {
                using var load = new BulkLoad(url, SomeNames.Name("bench"));
                await load.CreateAsync();
                rates[name].Add(documentCount / (await load.WriteAsync(documentCount)).TotalSeconds);
                questions[name].AddRange(await load.AskAsync());
                if (url == embedded.Url)
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round + 1}: the node takes {embedded.MemoryMb:N0} MB with {documentCount:N0} documents"));
                await load.DeleteAsync();
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"\n{documentCount:N0} documents of 8 fields and about 300 bytes, {BulkLoad.BatchCount:N0} a request, one client; medians of {RoundCount}; last column: as fast as {servers[^1].Name}"));
        var reference = Medians.Of(rates[servers[^1].Name]);
        foreach (var (name, _) in servers)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"bulk, documents/s",-34} {name,-14} {Medians.Of(rates[name]),10:N0} {Medians.Of(rates[name]) / reference,8:F2}"));
        foreach (var what in questions[servers[0].Name].Select(question => question.What).Distinct())
        {
            var slow = Median(questions[servers[^1].Name], what);
            foreach (var (name, _) in servers)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what + ", ms",-34} {name,-14} {Median(questions[name], what),10:F2} {slow / Median(questions[name], what),8:F2}"));
        }
    }

    private static double Median(List<(string What, double Ms)> measured, string what) => Medians.Of(measured.Where(one => one.What == what).Select(one => one.Ms));
}
