using System.Text;
using Streaming.Broker.Tests.Messages;
using Streaming.Broker.Wire;

namespace Streaming.Broker.Tests.Security;

/// <summary>What clients say to authenticate, in every form: right, made up, and damaged. Who does not know the password stays outside, and disturbs nobody.</summary>
[Collection(nameof(MeasuredAlone))]
public sealed class TokensTests
{
    private const int DamagedTokens = 8;
    private const int LongestToken = 512 * 1_024 - 100;
    private static readonly string[] _mechanisms = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"];

    // Of a client that knows the password: its proof fits what it claims, and only that is wrong.
    private static readonly Dictionary<string, Func<ScramClient, string, string>> _lies = new()
    {
        ["another nonce"] = static (scram, challenge) => scram.Final(challenge, "c=biws,r=abc"),
        ["no nonce"] = static (scram, challenge) => scram.Final(challenge, "c=biws,r="),
        ["half a nonce"] = static (scram, challenge) => scram.Final(challenge, $"c=biws,{NonceOf(challenge)[..^1]}"),
        ["more than the nonce"] = static (scram, challenge) => scram.Final(challenge, $"c=biws,{NonceOf(challenge)}x"),
        ["no binding"] = static (scram, challenge) => scram.Final(challenge, $"c=,{NonceOf(challenge)}"),
        ["another binding"] = static (scram, challenge) => scram.Final(challenge, $"c=eSws,{NonceOf(challenge)}"),
        ["a binding for somebody else"] = static (scram, challenge) => scram.Final(challenge, $"c={Base64("n,a=bob,")},{NonceOf(challenge)}"),
        ["the nonce before the binding"] = static (scram, challenge) => scram.Final(challenge, $"{NonceOf(challenge)},c=biws"),
        ["nothing before the proof"] = static (scram, challenge) => scram.Final(challenge, ""),
        ["fewer iterations"] = static (scram, challenge) => scram.Final(challenge.Replace("i=4096", "i=1", StringComparison.Ordinal)),
        ["another salt"] = static (scram, challenge) => scram.Final($"{NonceOf(challenge)},s={Base64("sixteen bytes it")},i=4096"),
        ["no proof"] = static (scram, challenge) => scram.Final(challenge).Split(",p=")[0],
        ["an empty proof"] = static (scram, challenge) => scram.Final(challenge).Split(",p=")[0] + ",p=",
        ["half a proof"] = static (scram, challenge) => scram.Final(challenge)[..^8],
        ["a proof and more"] = static (scram, challenge) => scram.Final(challenge) + "AAAA",
        ["a proof twice"] = static (scram, challenge) => $"{scram.Final(challenge)},p={scram.Final(challenge).Split(",p=")[1]}",
        ["a proof that is none"] = static (scram, challenge) => scram.Final(challenge).Split(",p=")[0] + ",p=@@@@",
        ["a very long proof"] = static (scram, challenge) => scram.Final(challenge).Split(",p=")[0] + ",p=" + new string('A', LongestToken - 200),
        ["another password"] = static (_, challenge) => new ScramClient("SCRAM-SHA-256", TargetBroker.User, "another").Final(challenge),
        ["its first message again"] = static (scram, _) => scram.First,
        ["nothing"] = static (_, _) => "",
    };

    [Fact]
    public async Task Who_knows_the_password_gets_in()
    {
        await using var target = await TargetBroker.StartAsync(new Random(0), withUsers: true);
        await InEveryFormAsync(target, async (mechanism, sasl) =>
        {
            (await EnterAsync(sasl, mechanism, TargetBroker.Password, static token => token)).ShouldBeTrue();
            await sasl.ExpectOpenAsync();
        });
    }

    [Fact]
    public Task Damaged_tokens_without_the_password_cost_their_connection_at_most() => Storm.RageAsync(async seed =>
    {
        var random = new Random(seed);
        await using var target = await TargetBroker.StartAsync(random, withUsers: true);
        for (var i = 0; i < DamagedTokens; i++)
        {
            await InEveryFormAsync(target, async (mechanism, sasl) =>
            {
                (await Storm.WithinMemoryAsync(() => EnterAsync(sasl, mechanism, "wrong", token => DamagedOrNot(token, random)))).ShouldBeFalse();
                await sasl.ExpectClosedAsync();
            });
        }

        await target.ExpectUnharmedAsync();
    });

    [Fact]
    public async Task A_proof_is_worth_nothing_under_a_lie()
    {
        await using var target = await TargetBroker.StartAsync(new Random(0), withUsers: true);
        foreach (var (lie, final) in _lies)
        {
            await InEveryFormAsync(target, async (mechanism, sasl) =>
            {
                if (mechanism == "PLAIN")
                    return;
                var scram = new ScramClient(mechanism, TargetBroker.User, TargetBroker.Password);
                var (_, challenge) = await sasl.SayAsync(scram.First);
                (await sasl.SayAsync(final(scram, Encoding.UTF8.GetString(challenge)))).Error.ShouldBe(ErrorCode.SaslAuthenticationFailed, $"{mechanism}: {lie}");
                await sasl.ExpectClosedAsync();
            });
        }

        await target.ExpectUnharmedAsync();
    }

    [Fact]
    public async Task A_proof_is_worth_nothing_a_second_time()
    {
        await using var target = await TargetBroker.StartAsync(new Random(0), withUsers: true);
        var overheard = new Dictionary<string, byte[]>();
        await InEveryFormAsync(target, async (mechanism, sasl) =>
        {
            if (mechanism == "PLAIN")
                return;
            (await EnterAsync(sasl, mechanism, TargetBroker.Password, token => overheard[mechanism] = token)).ShouldBeTrue();
        });
        await InEveryFormAsync(target, async (mechanism, sasl) =>
        {
            if (mechanism == "PLAIN")
                return;
            await sasl.SayAsync(new ScramClient(mechanism, TargetBroker.User, "unknown").First);
            (await sasl.SayAsync(overheard[mechanism])).Error.ShouldBe(ErrorCode.SaslAuthenticationFailed);
            await sasl.ExpectClosedAsync();
        });
        await target.ExpectUnharmedAsync();
    }

    // On a connection for each, with the mechanism chosen.
    private static async Task InEveryFormAsync(TargetBroker target, Func<string, SaslClient, Task> say)
    {
        foreach (var mechanism in _mechanisms)
        {
            foreach (var form in SaslClient.Forms)
            {
                using var client = await target.ConnectAsync();
                var sasl = new SaslClient(client, form);
                (await sasl.ChooseAsync(mechanism)).ShouldBe(ErrorCode.None);
                await say(mechanism, sasl);
            }
        }
    }

    // Whether the broker took all that was said.
    private static async Task<bool> EnterAsync(SaslClient sasl, string mechanism, string password, Func<byte[], byte[]> change)
    {
        if (mechanism == "PLAIN")
            return (await sasl.SayAsync(change(Encoding.UTF8.GetBytes($"\0{TargetBroker.User}\0{password}")))).Error == ErrorCode.None;
        var scram = new ScramClient(mechanism, TargetBroker.User, password);
        var (error, challenge) = await sasl.SayAsync(change(Encoding.UTF8.GetBytes(scram.First)));
        return error == ErrorCode.None
            && (await sasl.SayAsync(change(Encoding.UTF8.GetBytes(scram.Final(Encoding.UTF8.GetString(challenge)))))).Error == ErrorCode.None;
    }

    private static byte[] DamagedOrNot(byte[] token, Random random)
    {
        var mutator = new FrameMutator(random);
        return random.Next(16) switch
        {
            < 4 => token,
            4 => mutator.Noise(random.Next(300)),
            5 => Encoding.UTF8.GetBytes(new string(random.Next(3) switch { 0 => ',', 1 => '\0', _ => '=' }, random.Next(10_000))),
            6 => [.. token, .. mutator.Noise(random.Next(LongestToken - token.Length))],
            7 => [],
            _ => mutator.Damage(token, fieldStarts: []),
        };
    }

    private static string NonceOf(string challenge) => challenge.Split(',')[0];

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
