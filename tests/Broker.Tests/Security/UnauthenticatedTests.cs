using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Security;

/// <summary>What a client can do that has not proved who it is: next to nothing.</summary>
public sealed class UnauthenticatedTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private EmbeddedBroker _broker = null!;

    public async ValueTask InitializeAsync()
    {
        var options = new BrokerOptions { DataDirectory = _folder.Path };
        options.Security.Users["ann"] = "secret";
        options.Security.HandshakeMsMax = 1_000;
        _broker = await EmbeddedBroker.StartAsync(options);
    }

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

    [Fact]
    public async Task A_large_frame_is_not_waited_for()
    {
        using var client = await ConnectAsync();
        await client.SendBytesAsync(new byte[] { 0, 0x10, 0, 0, 0, 36 });
        (await client.ReceiveFrameAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Authenticating_without_a_handshake_is_out_of_order()
    {
        using var client = await ConnectAsync();
        (await AuthenticateAsync(client, "\0ann\0secret")).ShouldBe(ErrorCode.IllegalSaslState);
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
        (await HandshakeAsync(client, "PLAIN", version: 1)).ShouldBe(ErrorCode.None);
        (await AuthenticateAsync(client, said)).ShouldBe(isRight ? ErrorCode.None : ErrorCode.SaslAuthenticationFailed);
        if (!isRight)
        {
            (await client.ReceiveFrameAsync()).ShouldBeNull();
            return;
        }

        // In, and in no state to begin again.
        (await HandshakeAsync(client, "PLAIN", version: 1)).ShouldBe(ErrorCode.IllegalSaslState);
        await client.SendAsync(ApiKey.Metadata, 1, isFlexible: false, static writer => writer.WriteInt32(-1));
        (await client.ReceiveFrameAsync()).ShouldNotBeNull();
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
        (await HandshakeAsync(client, "SCRAM-SHA-256", version: 1)).ShouldBe(ErrorCode.None);
        (await AuthenticateAsync(client, said)).ShouldBe(isRight ? ErrorCode.None : ErrorCode.SaslAuthenticationFailed);
    }

    [Theory]
    [InlineData("c=biws,r=abc,p=AAAA")]
    [InlineData("c=biws,r=,p=")]
    [InlineData("p=")]
    [InlineData("c=biws,r=abc")]
    [InlineData("c=biws,r=abc,p=@@@@")]
    public async Task A_second_scram_message_that_proves_nothing_ends_the_connection(string said)
    {
        using var client = await ConnectAsync();
        await HandshakeAsync(client, "SCRAM-SHA-512", version: 1);
        await AuthenticateAsync(client, "n,,n=ann,r=abc");
        (await AuthenticateAsync(client, said)).ShouldBe(ErrorCode.SaslAuthenticationFailed);
        (await client.ReceiveFrameAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task An_unknown_mechanism_is_answered_with_the_known_ones()
    {
        using var client = await ConnectAsync();
        (await HandshakeAsync(client, "GSSAPI", version: 0)).ShouldBe(ErrorCode.UnsupportedSaslMechanism);
        (await HandshakeAsync(client, "PLAIN", version: 0)).ShouldBe(ErrorCode.None);
    }

    [Fact]
    public async Task After_the_older_handshake_messages_come_bare()
    {
        using var client = await ConnectAsync();
        await HandshakeAsync(client, "PLAIN", version: 0);
        await client.SendBytesAsync("\0\0\0\u000B\0ann\0secret"u8.ToArray());
        (await client.ReceiveFrameAsync()).ShouldBe([]);
        await client.SendAsync(ApiKey.Metadata, 1, isFlexible: false, static writer => writer.WriteInt32(-1));
        (await client.ReceiveFrameAsync()).ShouldNotBeNull();
    }

    private Task<RawClient> ConnectAsync() => RawClient.ConnectAsync(_broker.BootstrapServers);

    private static Task<ErrorCode> HandshakeAsync(RawClient client, string mechanism, short version) => client.AskAsync(
        ApiKey.SaslHandshake, version, isFlexible: false, writer => writer.WriteString(mechanism),
        static (ref reader) =>
        {
            var error = (ErrorCode)reader.ReadInt16();
            reader.ReadStringArray().ShouldBe(["SCRAM-SHA-256", "SCRAM-SHA-512", "PLAIN"]);
            return error;
        });

    private static Task<ErrorCode> AuthenticateAsync(RawClient client, string said) => client.AskAsync(
        ApiKey.SaslAuthenticate, 2, isFlexible: true,
        writer =>
        {
            writer.WriteBytes(System.Text.Encoding.UTF8.GetBytes(said));
            writer.WriteEmptyTags();
        },
        static (ref reader) =>
        {
            var error = (ErrorCode)reader.ReadInt16();
            (reader.ReadNullableString() is null).ShouldBe(error == ErrorCode.None);
            reader.ReadBytes();
            reader.ReadInt64();
            reader.SkipTags();
            return error;
        });
}
