using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;
using Streaming.Fixtures;
using Streaming.SqlSink.Tests.Support;

namespace Streaming.SqlSink.Tests.Generations;

/// <summary>The real program, killed without warning in the middle of a rebuild, and operated by the command line.</summary>
public sealed partial class KilledRebuildTests(Servers servers) : IClassFixture<Servers>
{
    private const int Products = 150;
    private const int EventsPerProduct = 8;
    private const int EventCount = Products * EventsPerProduct;
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task It_goes_on_from_its_checkpoint_is_proved_and_shown_and_what_readers_see_goes_on_all_the_while()
    {
        await using var installation = await Installation.PrepareAsync(servers);
        await using var host = installation.Program(
            ("Sinks__BatchEventsMax", "10"), ("Sinks__RebuildWritersMax", "1"), ("Sinks__ReportIntervalMs", "200"),
            ("Sinks__InstanceId", "one"));   // Or the next one would wait until the group has given the killed one up.
        await host.StartReadyAsync(_patience);
        await installation.Log.AppendAsync([.. Enumerable.Range(0, Products).Select(i => ProductHistory.Reference($"P-{i}"))]);
        await ShownAsync(installation, host, Products);
        var streamctl = Streamctl.On(installation.BootstrapServers, installation.Prefix);
        await using var readers = new Readers(installation.Database);

        (await streamctl.DoneAsync("sinks", "rebuild", "sql", "--detach")).ShouldContain("Generation 2 of sql-sink is built beside generation 1");
        await Eventually.Async(async () => await DerivedAsync(installation, 2) > EventCount / 10, _patience, $"a tenth is derived\n{host.Output}");
        long derived;
        await using (var connection = await installation.Database.Source.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await using var holding = new NpgsqlCommand("LOCK TABLE streaming_g2.stock IN SHARE MODE", connection);
            await holding.ExecuteNonQueryAsync();
            await Eventually.Async(async () => await CountAsync(installation, "pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") > 0, _patience, $"a batch is in hand\n{host.Output}");
            // The rebuild is held up, what readers see is not.
            await installation.Log.AppendAsync(ProductHistory.Reference("MEANWHILE"));
            await ShownAsync(installation, host, Products + 1);
            derived = await DerivedAsync(installation, 2);
            derived.ShouldBeInRange(EventCount / 10, EventCount - 1);
            await host.KillAsync();
        }

        await installation.Log.AppendAsync(ProductHistory.Reference("DOWN"));
        await host.StartReadyAsync(_patience);
        var rebuilt = await streamctl.DoneAsync("sinks", "rebuild", "sql");
        rebuilt.ShouldContain("Generation 2 has come to the end, and keeps up.");
        await ShownAsync(installation, host, Products + 2);
        var all = EventCount + (2 * EventsPerProduct);
        (await DerivedAsync(installation, 2)).ShouldBe(all);
        (await HandledAsync(host, "sql-sink-g2")).ShouldBe(all - derived, "the host that started again derived what was left, and nothing twice");

        (await streamctl.DoneAsync("sinks", "verify", "sql")).ShouldContain("What both hold is equal.");
        (await streamctl.DoneAsync("sinks", "swap", "sql")).ShouldContain("Readers see generation 2 now, and no longer generation 1.");
        (await installation.Database.RowsAsync("SELECT number FROM streaming_current.generation")).ShouldBe(["2"]);
        await installation.Log.AppendAsync(ProductHistory.Reference("AFTERWARDS"));
        await ShownAsync(installation, host, Products + 3);
        (await streamctl.DoneAsync("sinks", "drop", "sql", "--generation", "1")).ShouldContain("Generation 1 is gone.");
        (await installation.Database.RowsAsync("SELECT DISTINCT on_hand, version FROM streaming_current.stock")).ShouldBe(["190|8"]);
        (await readers.EndAsync()).ShouldBeGreaterThan(10);
    }

    private static Task ShownAsync(Installation installation, HostProcess host, int products) => Eventually.Async(
        async () => await CountAsync(installation, $"streaming_current.stock WHERE version = {EventsPerProduct}") == products, _patience, $"readers see {products} products\n{host.Output}");

    /// <summary>Events of which the generation has a row; one that is not there yet has none.</summary>
    private static async Task<long> DerivedAsync(Installation installation, int generation) =>
        (await installation.Database.RowsAsync($"SELECT to_regclass('streaming_g{generation}.audit_log') IS NULL AS missing")).Single() == "true"
            ? 0 : await CountAsync(installation, $"streaming_g{generation}.audit_log");

    private static async Task<long> CountAsync(Installation installation, string table) =>
        long.Parse((await installation.Database.RowsAsync($"SELECT count(*) AS n FROM {table}")).Single(), CultureInfo.InvariantCulture);

    /// <summary>Events that a sink has written in the present life of the host.</summary>
    private static async Task<long> HandledAsync(HostProcess host, string sink)
    {
        using var http = new HttpClient();
        return Counters().Matches(await http.GetStringAsync(new Uri(host.Url, "/metrics"))).Where(counter => counter.Groups["sink"].Value == sink)
            .Sum(counter => long.Parse(counter.Groups["count"].Value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex("""^sink_events\w*\{[^}]*\bsink="(?<sink>[^"]+)"[^}]*\} (?<count>\d+)""", RegexOptions.Multiline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Counters();

    /// <summary>Somebody who reads all the time, and whom nothing may disturb.</summary>
    private sealed class Readers : IAsyncDisposable
    {
        private readonly CancellationTokenSource _ending = new();
        private readonly Task<int> _reading;

        public Readers(SinkDatabase database) => _reading = ReadAsync(database);

        /// <summary>How often it has read.</summary>
        public async Task<int> EndAsync()
        {
            await _ending.CancelAsync();
            return await _reading;
        }

        public async ValueTask DisposeAsync()
        {
            await _ending.CancelAsync();
            await ((Task)_reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _ending.Dispose();
        }

        private async Task<int> ReadAsync(SinkDatabase database)
        {
            var (reads, most) = (0, 0L);
            for (; !_ending.IsCancellationRequested; reads++)
            {
                var seen = long.Parse((await database.RowsAsync("SELECT count(*) AS n FROM streaming_current.stock")).Single(), CultureInfo.InvariantCulture);
                seen.ShouldBeGreaterThanOrEqualTo(most, "readers never see less than before");
                most = seen;
            }

            return reads;
        }
    }
}
