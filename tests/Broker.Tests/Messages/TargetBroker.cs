using System.Buffers.Binary;
using System.Net.Security;
using Streaming.Broker.Security;
using Streaming.Broker.Tests.Log;
using Streaming.Broker.Tests.Security;
using Streaming.Broker.Topics;
using Streaming.Broker.Wire;
using Streaming.Fixtures;

namespace Streaming.Broker.Tests.Messages;

/// <summary>A broker that holds something, to throw frames at: in the clear or through TLS, from anybody or from users only. It must never log an error.</summary>
internal sealed class TargetBroker : IAsyncDisposable
{
    public const string User = "ann";
    public const string Password = "secret";

    // In these a client may wait for others, or for records.
    private static readonly ApiKey[] _waiting = [ApiKey.Fetch, ApiKey.JoinGroup, ApiKey.SyncGroup];
    private static readonly string[] _topics = ["topic-one", "topic-two"];
    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(20);
    private static readonly byte[] _probe = [0, 0, 0, 10, 0, (byte)ApiKey.ApiVersions, 0, 0, 0x7E, 0x57, 0x7E, 0x57, 0xFF, 0xFF];

    private readonly TempFolder _folder = new();
    private readonly TempFolder _certificates = new();
    private readonly CollectingLogger _logger = new();
    private EmbeddedBroker _broker = null!;
    private RawClient _bystander = null!;
    private IReadOnlyList<string> _stored = null!;

    private Action<SecurityOptions> _secure = static _ => { };
    private SslClientAuthenticationOptions? _tls;
    private bool _hasUsers;

    private TargetBroker(Random random) => Values = new RequestValues(random, _topics, ["group-one", "group-two"], ["transaction-one", "transaction-two"]);

    /// <summary>What the broker knows and takes.</summary>
    public RequestValues Values { get; }

    /// <summary>APIs with the versions served.</summary>
    public IReadOnlyList<(ApiKey Key, short Lowest, short Highest)> Served { get; private set; } = null!;

    /// <param name="withUsers">One: <see cref="User"/>. The bystander authenticates, those who throw frames do not.</param>
    public static async Task<TargetBroker> StartAsync(Random random, bool withUsers = false, bool withTls = false, int handshakeMsMax = 30_000)
    {
        var target = new TargetBroker(random) { _hasUsers = withUsers };
        target._secure += options => options.HandshakeMsMax = handshakeMsMax;
        if (withUsers)
            target._secure += static options => options.Users[User] = Password;
        if (withTls)
            target.Encrypt();
        await target.OpenAsync();
        await StoredContent.WriteAsync(target._bystander);
        target._stored = await StoredContent.ReadAsync(target._bystander);
        target.Served = await target._bystander.AskAsync(ApiKey.ApiVersions, 0, isFlexible: false, static _ => { }, static (ref reader) =>
        {
            reader.ReadInt16();
            return reader.ReadArray(static (ref r) => ((ApiKey)r.ReadInt16(), r.ReadInt16(), r.ReadInt16()));
        });
        return target;
    }

    /// <summary>Makes again what requests may have deleted, and lets the values name it.</summary>
    public async Task RenewAsync()
    {
        foreach (var topic in _topics)
            await StoredContent.CreateAsync(_bystander, topic, partitions: 2);
        Values.TopicIds.Clear();
        Values.TopicIds.AddRange(TopicCatalogue.Open(_folder.Path, hasData: true).Where(topic => _topics.Contains(topic.Name)).Select(topic => topic.Id));
        Values.ProducerIds.Clear();
        Values.ProducerIds.Add(await InitializeAsync(null));
        Values.ProducerIds.Add(await InitializeAsync("transaction-one"));
    }

    /// <summary>Connects a client, who has not authenticated.</summary>
    /// <param name="inClear">Without TLS even if there is TLS.</param>
    public Task<RawClient> ConnectAsync(bool inClear = false) => RawClient.ConnectAsync(_broker.BootstrapServers, inClear ? null : _tls);

    /// <summary>Sends a frame and, on the same connection, a question. What comes before the answer to the question, or the end, is answers to the frame.</summary>
    /// <returns>The answers. None where the client has to wait; it leaves then.</returns>
    public async Task<(IReadOnlyList<byte[]> Answers, bool IsClosed)> ExchangeAsync(byte[] frame, bool isPatient)
    {
        using var client = await ConnectAsync();
        using var patience = new CancellationTokenSource();
        var answers = new List<byte[]>();
        try
        {
            await client.SendBytesAsync((byte[])[.. frame, .. _probe]);
            await client.EndSendingAsync();
            if (!isPatient && MayWait(frame))
                patience.CancelAfter(_patience);
            while (await client.ReceiveFrameAsync(patience.Token) is { } answer)
            {
                if (answer.AsSpan(0, 4).SequenceEqual(_probe.AsSpan(8, 4)))
                    return (answers, false);
                answers.Add(answer);
            }

            return (answers, true);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return (answers, false);
        }
    }

    /// <summary>Others are served, nothing failed, and nothing stored has changed.</summary>
    public async Task ExpectUnharmedAsync()
    {
        (await StoredContent.ReadAsync(_bystander)).ShouldBe(_stored);
        _logger.Errors.ShouldBeEmpty();
    }

    /// <summary>Closes it, and has another broker open what it left, or what a crash would have left; every batch of all topics must be whole then.</summary>
    public async Task RestartAsync(bool afterCrash)
    {
        if (afterCrash)
        {
            using var left = new TempFolder();
            Copy(_folder.Path, left.Path);
            await using var recovered = await EmbeddedBroker.StartAsync(Options(left.Path), _logger);
            using var client = await ConnectBystanderAsync(recovered);
            (await StoredContent.ReadAsync(client)).ShouldBe(_stored);
            return;
        }

        await CloseAsync();
        await ExpectWholeAsync();
        await OpenAsync();
        await ExpectUnharmedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _folder.Dispose();
        _certificates.Dispose();
    }

    private static bool MayWait(byte[] frame) => frame.Length < 6 || BinaryPrimitives.ReadInt32BigEndian(frame) != frame.Length - sizeof(int)
        || _waiting.Contains((ApiKey)BinaryPrimitives.ReadInt16BigEndian(frame.AsSpan(4)));

    private static void Copy(string from, string to)
    {
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) != ".lock"))
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
    }

    private BrokerOptions Options(string folder)
    {
        var options = new BrokerOptions
        {
            DataDirectory = folder, AutoCreateTopics = true, PartitionsMax = 60, PartitionsPerTopicMax = 8,
            // Of clients that wait, and have left.
            ConnectionsMax = 1_000_000,
        };
        _secure(options.Security);
        return options;
    }

    private void Encrypt()
    {
        var certificate = Certificate.Write(_certificates.Path);
        _secure += options => (options.CertificateFile, options.CertificateKeyFile) = certificate;
        _tls = certificate.TrustingOptions();
        _tls.TargetHost = "localhost";
    }

    private async Task OpenAsync()
    {
        _broker = await EmbeddedBroker.StartAsync(Options(_folder.Path), _logger);
        _bystander = await ConnectBystanderAsync(_broker);
    }

    private async Task<RawClient> ConnectBystanderAsync(EmbeddedBroker broker)
    {
        var client = await RawClient.ConnectAsync(broker.BootstrapServers, _tls);
        if (_hasUsers)
            await new SaslClient(client, form: 1).EnterAsync(User, Password);
        return client;
    }

    private async Task CloseAsync()
    {
        _bystander.Dispose();
        await _broker.DisposeAsync();
    }

    private async Task ExpectWholeAsync()
    {
        await using var topics = TopicTable.Open(Options(_folder.Path), TimeProvider.System, _logger);
        foreach (var log in topics.All.SelectMany(topic => topic.Partitions))
        {
            for (var offset = log.LogStartOffset; offset < log.NextOffset;)
            {
                using var read = log.Read(offset, bytesMax: 1_000_000, isFirstWhole: true, isCommittedOnly: false).Records;
                read.SizeBytes.ShouldBeGreaterThan(0, $"{log.Partition}@{offset}");
                offset = ExpectWhole(read.Bytes.Span);
            }
        }
    }

    private static long ExpectWhole(ReadOnlySpan<byte> batches)
    {
        var nextOffset = 0L;
        foreach (var header in Some.WholeBatches(batches))
        {
            header.BaseOffset.ShouldBeGreaterThanOrEqualTo(nextOffset);
            nextOffset = header.NextOffset;
        }

        return nextOffset;
    }

    private Task<long> InitializeAsync(string? transactionalId) => _bystander.AskAsync(ApiKey.InitProducerId, 0, isFlexible: false, writer =>
    {
        writer.WriteNullableString(transactionalId);
        writer.WriteInt32(60_000);
    }, static (ref reader) =>
    {
        reader.ReadInt32(); // throttle time
        reader.ReadInt16();
        var id = reader.ReadInt64();
        reader.ReadInt16();
        return id;
    });
}
