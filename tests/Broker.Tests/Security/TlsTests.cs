using System.Net.Security;
using Streaming.Broker.Tests.Messages;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Security;

/// <summary>Clients that do not shake hands as TLS wants, or never come to an end with it. They lose their connection, and nobody else anything.</summary>
[Collection(nameof(MeasuredAlone))]
public sealed class TlsTests
{
    private const int Greetings = 100;
    private const int Interrupted = 20;
    private const int HandshakeMsMax = 3_000;

    // Metadata v1, all topics.
    private static readonly byte[] _plainRequest = Convert.FromHexString("0000000E0003000100000001FFFFFFFFFFFF");

    [Fact]
    public Task Whatever_comes_instead_of_a_handshake_costs_its_own_connection() => Storm.RageAsync(async seed =>
    {
        var random = new Random(seed);
        var hello = await HelloAsync();
        await using var target = await TargetBroker.StartAsync(random, withUsers: true, withTls: true);
        for (var i = 0; i < Greetings; i++)
        {
            var greeting = Greeting(hello, random);
            await Storm.WithinMemoryAsync(() => GreetAsync(target, greeting, leavesAtOnce: random.Next(4) == 0));
        }

        await target.ExpectUnharmedAsync();
    });

    [Fact]
    public Task So_does_whatever_comes_after_it_and_is_not_encrypted() => Storm.RageAsync(async seed =>
    {
        var random = new Random(seed);
        await using var target = await TargetBroker.StartAsync(random, withUsers: true, withTls: true);
        for (var i = 0; i < Interrupted; i++)
        {
            using var client = await target.ConnectAsync();
            // Now and then it looks like a record of TLS.
            byte[] header = random.Next(2) == 0 ? [] : [(byte)random.Next(20, 25), 3, 3, (byte)random.Next(64), (byte)random.Next(256)];
            await client.SendInClearAsync((byte[])[.. header, .. new FrameMutator(random).Noise(random.Next(1, 500))]);
            client.EndSendingInClear();
            await client.ReceiveEndAsync();
        }

        await target.ExpectUnharmedAsync();
    });

    [Fact]
    public async Task A_handshake_that_takes_too_long_is_given_up()
    {
        await using var target = await TargetBroker.StartAsync(new Random(0), withUsers: true, withTls: true, HandshakeMsMax);
        var hello = await HelloAsync();
        var stalled = new List<RawClient>();
        foreach (var said in (byte[][])[[], hello[..1], hello[..5], hello[..^1], hello])
            stalled.Add(await BeginAsync(target.ConnectAsync(inClear: true), said));
        // Hands are shaken, and nothing follows, or half of a frame.
        foreach (var said in (byte[][])[[], [0, 0, 0], [0, 0, 0, 9, 0, (byte)ApiKey.ApiVersions]])
            stalled.Add(await BeginAsync(target.ConnectAsync(), said));
        var byteByByte = await target.ConnectAsync(inClear: true);
        await Task.WhenAll([TrickleAsync(byteByByte, hello), .. stalled.Select(client => client.ReceiveEndAsync())]);
        foreach (var client in stalled.Append(byteByByte))
            client.Dispose();
        await target.ExpectUnharmedAsync();
    }

    // What a client says first.
    private static async Task<byte[]> HelloAsync()
    {
        using var said = new MemoryStream();
        await using var tls = new SslStream(said);
        await Should.ThrowAsync<IOException>(() => tls.AuthenticateAsClientAsync("localhost"));
        return said.ToArray();
    }

    private static byte[] Greeting(byte[] hello, Random random)
    {
        var mutator = new FrameMutator(random);
        return random.Next(10) switch
        {
            0 => mutator.Noise(random.Next(1_000)),
            1 => _plainRequest,
            2 => "GET / HTTP/1.1\r\n\r\n"u8.ToArray(),
            3 => [22, 3, 1, 0xFF, 0xFF, .. mutator.Noise(70_000)],
            4 => [.. hello, .. mutator.Noise(random.Next(1_000))],
            5 => [.. hello, .. hello],
            6 => hello[..random.Next(hello.Length)],
            _ => mutator.Damage(hello, fieldStarts: []),
        };
    }

    private static async Task<bool> GreetAsync(TargetBroker target, byte[] greeting, bool leavesAtOnce)
    {
        using var client = await target.ConnectAsync(inClear: true);
        await client.SendWhatIsTakenAsync(greeting);
        if (leavesAtOnce)
            return false;
        client.EndSendingInClear();
        await client.ReceiveEndAsync();
        return true;
    }

    private static async Task<RawClient> BeginAsync(Task<RawClient> connecting, byte[] said)
    {
        var client = await connecting;
        await client.SendBytesAsync(said);
        return client;
    }

    private static async Task TrickleAsync(RawClient client, byte[] hello)
    {
        var closed = client.ReceiveEndAsync();
        for (var at = 0; at < hello.Length - 1 && !closed.IsCompleted; at++)
        {
            await client.SendWhatIsTakenAsync(hello.AsMemory(at, 1));
            await Task.WhenAny(closed, Task.Delay(TimeSpan.FromMilliseconds(HandshakeMsMax / 20), TimeProvider.System));
        }

        await closed;
    }
}
