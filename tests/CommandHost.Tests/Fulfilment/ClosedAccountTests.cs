using Confluent.Kafka;
using Streaming.CommandHost.Tests.Running;
using Streaming.Contracts.Topics;

namespace Streaming.CommandHost.Tests.Fulfilment;

/// <summary>An account that is closed while its order waits for the goods: what it paid cannot be given back, and somebody has to answer for that.</summary>
public sealed class ClosedAccountTests(KafkaFixture kafka)
{
    private readonly string _prefix = SomeNames.Prefix();

    [Fact]
    public async Task A_refund_to_an_account_that_was_closed_is_given_up_by_name_and_the_order_comes_to_its_end()
    {
        await using var risk = await ScriptedRiskService.StartAsync();
        var judged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        risk.Answer = async (_, _) =>
        {
            await judged.Task;
            return ScriptedRiskService.Says("approved");
        };
        await using var host = await (await RunningHost.StartAsync(
            kafka, _prefix, settings: [("Commands:Roles:Fulfilment", "true"), ("RiskCheck:Url", risk.Url), ("RiskCheck:CallTimeoutMs", "60000")])).ReadyAsync();
        await AcceptedAsync(host.PostAsync("/inventory/ABC-7/register", """{"name":"Lamp"}"""));
        await AcceptedAsync(host.PostAsync("/inventory/ABC-7/receive", """{"quantity":10}"""));
        await AcceptedAsync(host.PostAsync("/accounts/12345/open", """{"holder":"Damon Allison","currency":"EUR","openingBalance":"100.00"}"""));
        await AcceptedAsync(host.PostAsync(
            "/orders/ORD-1/place", """{"customerId":"C-17","accountId":"12345","currency":"EUR","lines":[{"sku":"ABC-7","quantity":4,"unitPrice":"10.00"}]}"""));
        await Eventually.Async(() => !risk.Asked.IsEmpty, "the risk check is asked");

        using (HoldCommandsOf("ABC-7"))
        {
            judged.SetResult();
            await TellsAsync(host, "/fulfilment/ORD-1", "\"phase\":\"shipping\"");
            await AcceptedAsync(host.PostAsync("/accounts/12345/withdraw", """{"amount":"60.00","currency":"EUR"}"""));
            await AcceptedAsync(host.PostAsync("/accounts/12345/close", "{}"));
            await AcceptedAsync(host.PostAsync("/fulfilment/ORD-1/cancel", """{"reason":"the customer called"}"""));
        }

        await TellsAsync(host, "/fulfilment/stuck", "\"code\":\"account-closed\"");
        await AcceptedAsync(host.PostAsync("/fulfilment/ORD-1/give-up-refund", """{"decidedBy":"Anna Berg","reason":"paid out by transfer 2022-117"}"""));
        await TellsAsync(host, "/fulfilment/ORD-1", "\"phase\":\"rolled-back\"");
        await TellsAsync(host, "/orders/ORD-1", "\"status\":\"revoked\"");
        var given = (await host.GetAsync("/fulfilment/ORD-1/events")).Json.GetProperty("events").EnumerateArray()
            .Single(happened => happened.GetProperty("type").GetString() == "streaming.fulfilment.RefundGivenUp").GetProperty("data");
        given.ToString().ShouldContain("Anna Berg");
        given.GetProperty("code").GetString().ShouldBe("account-closed");
    }

    // Behind a transaction that is not over nobody reads on.
    private HeldCommands HoldCommandsOf(string sku)
    {
        var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig
        {
            BootstrapServers = kafka.BootstrapServers, TransactionalId = SomeNames.Name("hold"), TransactionTimeoutMs = 120_000,
        }).Build();
        producer.InitTransactions(Eventually.DefaultDeadline);
        producer.BeginTransaction();
        var commands = TopicCatalogue.Inventory.WithPrefix(_prefix).Commands;
        producer.Produce(new TopicPartition(commands.Name, Murmur2.Partition(sku, commands.PartitionCount)), new() { Key = sku, Value = [] });
        producer.Flush(Eventually.DefaultDeadline);
        return new(producer);
    }

    private static async Task TellsAsync(RunningHost host, string path, string what)
    {
        var last = "";
        try
        {
            await Eventually.Async(async () => (last = (await host.GetAsync(path)).Text).Contains(what, StringComparison.Ordinal), TimeSpan.FromSeconds(60), $"{path} tells {what}");
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}; it tells {last}", late);
        }
    }

    private static async Task AcceptedAsync(Task<Answer> asked)
    {
        var answer = await asked;
        answer.Status.ShouldBeOneOf([200, 201], answer.Text);
    }

    private sealed class HeldCommands(IProducer<string, byte[]> producer) : IDisposable
    {
        public void Dispose()
        {
            producer.AbortTransaction(Eventually.DefaultDeadline);
            producer.Dispose();
        }
    }
}
