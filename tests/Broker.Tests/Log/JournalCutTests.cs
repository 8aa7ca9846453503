using Microsoft.Extensions.Logging.Abstractions;
using Streaming.Broker.Groups;
using Streaming.Broker.Groups.Offsets;
using Streaming.Broker.Records;
using Streaming.Broker.Topics;
using Streaming.Broker.Transactions;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Log;

/// <summary>What the coordinators and the catalogue remember, cut at any byte: a beginning of what was said, and never something that was not.</summary>
public sealed class JournalCutTests : IAsyncLifetime
{
    private const string Group = "group";
    private const string Id = "transfer";
    private const int Rounds = 12;
    private const int Cuts = 100;
    private static readonly TopicPartition Here = new("orders", 0);

    private readonly TempFolder _folder = new();
    private readonly int _seed = Environment.TickCount;

    /// <summary>In each round an offset is committed, one batch of its journal; and a transaction is made: begun, decided and completed, three batches.</summary>
    public async ValueTask InitializeAsync()
    {
        await using var broker = await Coordinators.OpenAsync(_folder.Path);
        await broker.Topics.CreateAsync(Here.Topic, 1, new Dictionary<string, string>());
        var producer = broker.Transactions.Initialize(Id, timeoutMs: 10_000, ProducerStamp.None).Producer;
        for (var round = 1; round <= Rounds; round++)
        {
            broker.Groups.FindOrCreate(Group).Commit(
                new GroupMember("", null, -1), [new(Here, new CommittedOffset(round, -1, "", 0))], transaction: null).ShouldBe(ErrorCode.None);
            broker.Transactions.Add(Id, producer, [Here], TransactionProtocol.Second).ShouldBe(ErrorCode.None);
            (_, producer) = broker.Transactions.End(Id, producer, isCommit: true, TransactionProtocol.Second);
        }
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public Task The_journal_of_groups() => CutAsync(InternalTopics.ConsumerOffsets, (broker, whole, what) =>
        (broker.Groups.Find(Group)?.See((_, offsets) => offsets.Find(Here)?.Offset) ?? 0).ShouldBe(whole, what));

    [Fact]
    public Task The_journal_of_transactions() => CutAsync(InternalTopics.TransactionState, (broker, whole, what) =>
    {
        var state = broker.Transactions.Find(Id);
        if (whole == 0)
        {
            state.ShouldBeNull(what);
            return;
        }

        var (ended, step) = Math.DivRem(whole - 1, 3);
        // A decision is carried out by the start.
        state!.Producer.ProducerEpoch.ShouldBe((short)(step == 2 ? ended + 1 : ended), what);
        state.Phase.ShouldBe(step == 1 ? TransactionPhase.Ongoing : whole == 1 ? TransactionPhase.Empty : TransactionPhase.CompleteCommit, what);
        broker.Transactions.Initialize(Id, timeoutMs: 10_000, ProducerStamp.None).Error.ShouldBe(ErrorCode.None, what);
    });

    [Fact]
    public async Task A_catalogue_that_is_cut_or_lost_is_no_reason_to_delete_the_logs()
    {
        var random = new Random(_seed);
        var whole = await File.ReadAllBytesAsync(Path.Combine(_folder.Path, "topics.json"));
        for (var i = 0; i < Cuts; i++)
        {
            using var copy = Copy();
            var catalogue = Path.Combine(copy.Path, "topics.json");
            var cut = i == 0 ? -1 : random.Next(whole.Length);
            File.Delete(catalogue);
            if (cut >= 0)
                await File.WriteAllBytesAsync(catalogue, whole[..cut]);

            (await Should.ThrowAsync<InvalidDataException>(() => Coordinators.OpenAsync(copy.Path))).Message.ShouldContain(catalogue);

            await File.WriteAllBytesAsync(catalogue, whole);
            await using var restored = await Coordinators.OpenAsync(copy.Path);
            restored.Groups.Find(Group).ShouldNotBeNull($"cut to {cut} bytes (seed {_seed})");
        }
    }

    [Fact]
    public async Task Half_of_a_new_catalogue_beside_the_old_one_is_nothing()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "topics.json.tmp"), "[{ \"Name\": \"hal");
        await using var broker = await Coordinators.OpenAsync(_folder.Path);
        broker.Topics.Find(Here).ShouldNotBeNull();
    }

    private async Task CutAsync(string topic, Action<Coordinators, int, string> expect)
    {
        var random = new Random(_seed);
        var name = Path.Combine("logs", $"{topic}-0", "00000000000000000000.log");
        var bytes = await File.ReadAllBytesAsync(Path.Combine(_folder.Path, name));
        for (var i = 0; i < Cuts; i++)
        {
            using var killed = Copy();
            var cut = random.Next(bytes.Length + 1);
            await File.WriteAllBytesAsync(Path.Combine(killed.Path, name), bytes[..cut]);
            // Not closed properly: a clean end would be believed.
            File.Delete(Path.Combine(killed.Path, "logs", $"{topic}-0", "checkpoint"));

            await using var broker = await Coordinators.OpenAsync(killed.Path);
            expect(broker, CountWhole(bytes.AsSpan(0, cut)), $"{topic} cut to {cut} bytes (seed {_seed})");
        }
    }

    private static int CountWhole(ReadOnlySpan<byte> bytes)
    {
        var count = 0;
        for (; BatchCheck.IsWhole(bytes, out var header); count++)
            bytes = bytes[header.SizeBytes..];
        return count;
    }

    private TempFolder Copy()
    {
        var copy = new TempFolder();
        foreach (var file in Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy.Path, Path.GetRelativePath(_folder.Path, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return copy;
    }

    /// <summary>What of a broker remembers, without its server.</summary>
    private sealed record Coordinators(TopicTable Topics, GroupTable Groups, TransactionCoordinator Transactions) : IAsyncDisposable
    {
        public static async Task<Coordinators> OpenAsync(string folder)
        {
            var options = new BrokerOptions { DataDirectory = folder };
            var topics = TopicTable.Open(options, TimeProvider.System, NullLogger.Instance);
            var offsets = await topics.OpenInternalAsync(InternalTopics.ConsumerOffsets, partitions: 1, CancellationToken.None);
            var states = await topics.OpenInternalAsync(InternalTopics.TransactionState, partitions: 1, CancellationToken.None);
            var groups = new GroupTable([new LogJournal(offsets[0], TimeProvider.System)], options.Groups, topics, TimeProvider.System, NullLogger.Instance);
            var transactions = new TransactionCoordinator(
                new LogJournal(states[0], TimeProvider.System), ProducerIds.Open(folder, NullLogger.Instance), topics, options, TimeProvider.System, NullLogger.Instance);
            transactions.Start(groups);
            return new Coordinators(topics, groups, transactions);
        }

        public ValueTask DisposeAsync()
        {
            Groups.Dispose();
            return Topics.DisposeAsync();
        }
    }
}
