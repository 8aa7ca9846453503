using System.Buffers.Binary;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Security;

/// <summary>What a client can do that has not proved who it is: next to nothing.</summary>
public sealed class UnauthenticatedTests : IAsyncLifetime
{
    private const int FrameBytesMax = 512 * 1_024;
    private const int RoomBytes = 1_024 * 1_024;
    private readonly TempFolder _folder = new();
    private EmbeddedBroker _broker = null!;

    public async ValueTask InitializeAsync() => _broker = await EmbeddedBroker.StartAsync(Options(_folder, handshakeMsMax: 1_000));

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Anything_but_versions_and_sasl_ends_the_connection()
    {
        foreach (var key in Enum.GetValues<ApiKey>().Except([ApiKey.ApiVersions, ApiKey.SaslHandshake, ApiKey.SaslAuthenticate]))
        {
            using var client = await ConnectAsync();
            await client.SendAsync(key, 0, isFlexible: false, static _ => { });
            (await client.ReceiveFrameAsync()).ShouldBeNull($"{key}");
        }
    }

    [Fact]
    public async Task Who_says_nothing_is_closed_in_time()
    {
        using var client = await ConnectAsync();
        (await client.ReceiveFrameAsync()).ShouldBeNull();
    }

    [Theory]
    [InlineData(SaslClient.Bare)]
    [InlineData(1)]
    public async Task A_frame_is_as_large_as_it_may_be_or_not_waited_for(short form)
    {
        using var atLimit = await ConnectAsync();
        var sasl = new SaslClient(atLimit, form);
        await sasl.ChooseAsync("PLAIN");
        (await sasl.SayAsync(new byte[form == SaslClient.Bare ? FrameBytesMax : FrameBytesMax - 100])).Error.ShouldBe(ErrorCode.SaslAuthenticationFailed);

        using var beyond = await ConnectAsync();
        await new SaslClient(beyond, form).ChooseAsync("PLAIN");
        await beyond.SendBytesAsync(Length(FrameBytesMax + 1));
        (await beyond.ReceiveFrameAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Frames_that_never_come_hold_up_nobody_who_is_in()
    {
        using var folder = new TempFolder();
        await using var broker = await EmbeddedBroker.StartAsync(Options(folder, handshakeMsMax: int.MaxValue));
        using var user = await RawClient.ConnectAsync(broker.BootstrapServers);
        await new SaslClient(user, form: 2).EnterAsync("ann", "secret");
        var outside = new List<RawClient>();
        // More than there is room for.
        for (var announced = 0L; announced <= RoomBytes; announced += FrameBytesMax)
        {
            outside.Add(await RawClient.ConnectAsync(broker.BootstrapServers));
            await new SaslClient(outside[^1], SaslClient.Bare).ChooseAsync("PLAIN");
            await outside[^1].SendBytesAsync(Length(FrameBytesMax));
        }

        await user.SendAsync(ApiKey.Metadata, 1, isFlexible: false, static writer => writer.WriteStringArray([.. Enumerable.Repeat(new string('x', 200), 1_000)]));
        (await user.ReceiveFrameAsync()).ShouldNotBeNull();
        outside.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task Authenticating_without_a_handshake_is_out_of_order()
    {
        using var client = await ConnectAsync();
        (await new SaslClient(client, form: 2).SayAsync("\0ann\0secret")).Error.ShouldBe(ErrorCode.IllegalSaslState);
    }

    [Theory]
    [InlineData("\0ann\0secret", true)]
    [InlineData("ann\0ann\0secret", true)]
    [InlineData("bob\0ann\0secret", false)]
    [InlineData("\0ann\0", false)]
    [InlineData("\0\0secret", false)]
    [InlineData("ann\0secret", false)]
    [InlineData("", false)]
    [InlineData("\0ann\0secret\0", false)]
    public async Task A_plain_message_is_right_or_ends_the_connection(string said, bool isRight)
    {
        using var client = await ConnectAsync();
        var sasl = new SaslClient(client, form: 2);
        (await sasl.ChooseAsync("PLAIN")).ShouldBe(ErrorCode.None);
        (await sasl.SayAsync(said)).Error.ShouldBe(isRight ? ErrorCode.None : ErrorCode.SaslAuthenticationFailed);
        if (!isRight)
        {
            await sasl.ExpectClosedAsync();
            return;
        }

        // In, and in no state to begin again.
        (await sasl.ChooseAsync("PLAIN")).ShouldBe(ErrorCode.IllegalSaslState);
        await sasl.ExpectOpenAsync();
    }

    [Theory]
    [InlineData("n,,n=ann,r=abc", true)]
    [InlineData("y,,n=ann,r=abc", true)]
    [InlineData("n,a=ann,n=ann,r=abc,x=1", true)]
    [InlineData("n,,n=nobody,r=abc", true)] // Who does not exist is not told so.
    [InlineData("p=tls-unique,,n=ann,r=abc", false)]
    [InlineData("n,a=bob,n=ann,r=abc", false)]
    [InlineData("n,,n=ann,r=", false)]
    [InlineData("n,,n=ann", false)]
    [InlineData("n,,n=ann,r=abc,tokenauth=true", false)]
    [InlineData("", false)]
    [InlineData(",,,,,,,,,", false)]
    public async Task A_first_scram_message_is_right_or_ends_the_connection(string said, bool isRight)
    {
        using var client = await ConnectAsync();
        var sasl = new SaslClient(client, form: 2);
        (await sasl.ChooseAsync("SCRAM-SHA-256")).ShouldBe(ErrorCode.None);
        (await sasl.SayAsync(said)).Error.ShouldBe(isRight ? ErrorCode.None : ErrorCode.SaslAuthenticationFailed);
    }

    [Fact]
    public async Task An_unknown_mechanism_is_answered_with_the_known_ones()
    {
        using var client = await ConnectAsync();
        var sasl = new SaslClient(client, SaslClient.Bare);
        (await sasl.ChooseAsync("GSSAPI")).ShouldBe(ErrorCode.UnsupportedSaslMechanism);
        (await sasl.ChooseAsync("PLAIN")).ShouldBe(ErrorCode.None);
    }

    private static BrokerOptions Options(TempFolder folder, int handshakeMsMax)
    {
        var options = new BrokerOptions { DataDirectory = folder.Path, QueuedRequestBytesMax = RoomBytes };
        options.Security.Users["ann"] = "secret";
        options.Security.HandshakeMsMax = handshakeMsMax;
        return options;
    }

    private static byte[] Length(int sizeBytes)
    {
        var length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, sizeBytes);
        return length;
    }

    private Task<RawClient> ConnectAsync() => RawClient.ConnectAsync(_broker.BootstrapServers);
}
