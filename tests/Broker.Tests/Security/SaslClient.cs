using System.Buffers.Binary;
using System.Text;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Security;

/// <summary>Says what a SASL mechanism wants to hear, or anything else, in one of the forms in which Kafka takes it.</summary>
/// <param name="form">A version of SaslAuthenticate; <see cref="Bare"/>: frames without a header, after the handshake in version 0.</param>
internal sealed class SaslClient(RawClient client, short form)
{
    public const short Bare = -1;

    public static IReadOnlyList<short> Forms { get; } = [Bare, 0, 1, 2];

    public Task<ErrorCode> ChooseAsync(string mechanism) => client.AskAsync(
        ApiKey.SaslHandshake, version: (short)(form == Bare ? 0 : 1), isFlexible: false, writer => writer.WriteString(mechanism),
        static (ref reader) =>
        {
            var error = (ErrorCode)reader.ReadInt16();
            reader.ReadStringArray().ShouldBe(["SCRAM-SHA-256", "SCRAM-SHA-512", "PLAIN"]);
            return error;
        });

    /// <summary>Says something, and hears what is answered. A refusal of bare messages is the end of the connection, and nothing else.</summary>
    public async Task<(ErrorCode Error, byte[] Answer)> SayAsync(byte[] token)
    {
        if (form != Bare)
            return await client.AskAsync(ApiKey.SaslAuthenticate, form, isFlexible: form >= 2, writer => Write(writer, token), Read);
        var length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, token.Length);
        await client.SendBytesAsync((byte[])[.. length, .. token]);
        return await client.ReceiveFrameAsync() is { } answer ? (ErrorCode.None, answer) : (ErrorCode.SaslAuthenticationFailed, []);
    }

    public Task<(ErrorCode Error, byte[] Answer)> SayAsync(string token) => SayAsync(Encoding.UTF8.GetBytes(token));

    /// <summary>Authenticates as somebody should.</summary>
    public async Task EnterAsync(string name, string password)
    {
        (await ChooseAsync("PLAIN")).ShouldBe(ErrorCode.None);
        (await SayAsync($"\0{name}\0{password}")).Error.ShouldBe(ErrorCode.None);
    }

    /// <summary>The broker closes the connection, and says nothing more.</summary>
    public async Task ExpectClosedAsync() => (await client.ReceiveFrameAsync()).ShouldBeNull();

    /// <summary>The broker answers what it answers only to those who are in.</summary>
    public async Task ExpectOpenAsync()
    {
        await client.SendAsync(ApiKey.Metadata, 1, isFlexible: false, static writer => writer.WriteInt32(-1));
        (await client.ReceiveFrameAsync()).ShouldNotBeNull();
    }

    private static void Write(WireWriter writer, byte[] token)
    {
        writer.WriteBytes(token);
        writer.WriteEmptyTags();
    }

    private static (ErrorCode Error, byte[] Answer) Read(ref WireReader reader)
    {
        var error = (ErrorCode)reader.ReadInt16();
        (reader.ReadNullableString() is null).ShouldBe(error == ErrorCode.None);
        var answer = reader.ReadBytes().ToArray();
        if (reader.Version >= 1)
            reader.ReadInt64().ShouldBe(0); // session lifetime
        reader.SkipTags();
        return (error, answer);
    }
}
