using System.Buffers.Binary;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Messages;

/// <summary>Requests of every API in every version, as Apache Kafka defines them, and the same damaged.</summary>
[Collection(nameof(MeasuredAlone))]
public sealed class FramesTests
{
    private static readonly ApiKey[] _waysIn = [ApiKey.ApiVersions, ApiKey.SaslHandshake, ApiKey.SaslAuthenticate];

    [Fact]
    public Task Every_request_is_answered_as_its_version_is_defined() => Storm.RageAsync(async seed =>
    {
        await using var target = await TargetBroker.StartAsync(new Random(seed));
        await ThrowAsync(target, seed, times: 3, async (writer, key, version) =>
        {
            var (frame, _) = writer.Write(key, version);
            var (answers, isClosed) = await target.ExchangeAsync(frame, isPatient: true);
            isClosed.ShouldBeFalse();
            // Produce with acks 0 gets none.
            if (answers.Count > 0 || key != ApiKey.Produce)
                MessageReader.ReadResponse(answers.ShouldHaveSingleItem(), key, version);
        });
    });

    [Theory]
    [InlineData(false, 3)]
    [InlineData(true, 1)]
    public Task A_damaged_request_costs_its_own_connection_at_most(bool throughTls, int times) => Storm.RageAsync(async seed =>
    {
        var random = new Random(seed);
        await using var target = await TargetBroker.StartAsync(random, withTls: throughTls);
        target.Values.OneInOdd = 8;
        await ThrowAsync(target, seed, times, async (writer, key, version) =>
        {
            var mutated = WholeOrNot(writer, key, version, random);
            var (answers, _) = await Storm.WithinMemoryAsync(() => target.ExchangeAsync(mutated, isPatient: false));
            ExpectDefined(target, mutated, answers);
        });
        await target.ExpectUnharmedAsync();
        await target.RestartAsync(afterCrash: true);
        await target.RestartAsync(afterCrash: false);
    });

    [Fact]
    public Task Who_has_not_authenticated_is_answered_how_to_and_nothing_else() => Storm.RageAsync(async seed =>
    {
        var random = new Random(seed);
        await using var target = await TargetBroker.StartAsync(random, withUsers: true);
        target.Values.OneInOdd = 8;
        await ThrowAsync(target, seed, times: 2, async (writer, key, version) =>
        {
            var mutated = WholeOrNot(writer, key, version, random);
            var (answers, isClosed) = await Storm.WithinMemoryAsync(() => target.ExchangeAsync(mutated, isPatient: true));
            ExpectDefined(target, mutated, answers);
            if (KeyOf(mutated) is not { } said || _waysIn.Contains(said))
                return;
            answers.ShouldBeEmpty();
            isClosed.ShouldBeTrue();
        });
    });

    // Frame after frame of every API and version, in an order that differs from round to round.
    private static async Task ThrowAsync(TargetBroker target, int seed, int times, Func<MessageWriter, ApiKey, short, Task> throwOne)
    {
        var random = new Random(seed);
        var writer = new MessageWriter(random, target.Values);
        var all = target.Served.SelectMany(api => Enumerable.Range(api.Lowest, api.Highest - api.Lowest + 1).Select(version => (api.Key, Version: (short)version))).ToArray();
        var last = "the beginning";
        try
        {
            for (var repeated = 0; repeated < times; repeated++)
            {
                await target.RenewAsync();
                random.Shuffle(all);
                foreach (var (key, version) in all)
                {
                    last = $"{key} v{version}";
                    await throwOne(writer, key, version);
                }

                await target.ExpectUnharmedAsync();
            }
        }
        catch (Exception failed)
        {
            throw new InvalidOperationException($"After {last}.", failed);
        }
    }

    // Some are whole, and only say what nobody would.
    private static byte[] WholeOrNot(MessageWriter writer, ApiKey key, short version, Random random)
    {
        var (frame, fieldStarts) = writer.Write(key, version);
        return random.Next(3) == 0 ? frame : new FrameMutator(random).Mutate(frame, fieldStarts);
    }

    // An answer is whole even when the question was odd. Where the length lied there may be several, and of whatever.
    private static void ExpectDefined(TargetBroker target, byte[] frame, IReadOnlyList<byte[]> answers)
    {
        if (answers.Count != 1 || KeyOf(frame) is not { } key)
            return;
        var version = BinaryPrimitives.ReadInt16BigEndian(frame.AsSpan(6));
        var isServed = target.Served.Any(api => api.Key == key && version >= api.Lowest && version <= api.Highest);
        // KIP-511: the one answer to a version that is not served is in version 0.
        MessageReader.ReadResponse(answers[0], key, isServed ? version : (short)0);
    }

    // Null: its length lies, or it ends before.
    private static ApiKey? KeyOf(byte[] frame) => frame.Length >= 6 && BinaryPrimitives.ReadInt32BigEndian(frame) == frame.Length - sizeof(int)
        ? (ApiKey)BinaryPrimitives.ReadInt16BigEndian(frame.AsSpan(4))
        : null;
}
