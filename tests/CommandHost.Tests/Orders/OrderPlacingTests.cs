using Confluent.Kafka;
using Streaming.Avro;
using Streaming.CommandHost.Tests.Running;
using Streaming.Commands.Records;
using Streaming.Commands.Tests.Running;
using Streaming.Contracts.Orders;

namespace Streaming.CommandHost.Tests.Orders;

/// <summary>Placing an order under a number that the host makes. What fulfilment would decide is sent by hand.</summary>
public sealed class OrderPlacingTests(KafkaFixture kafka)
{
    private const string Body = """{"customerId":"C-1","accountId":"12345","currency":"EUR","lines":[{"sku":"A","quantity":2,"unitPrice":"24.95"}]}""";

    private readonly string _prefix = SomeNames.Prefix();
    private readonly MemoryRegistry _registry = new();

    [Fact]
    public async Task Who_does_not_prefer_to_wait_gets_the_number_and_a_link()
    {
        await using var api = await StartAsync();
        var open = await api.PostAsync("/orders", Body);
        open.Status.ShouldBe(202, open.Text);
        open.Location.ShouldNotBeNull();
        (await api.GetAsync($"{open.Location}?atLeast=1")).Json.GetProperty("state").GetProperty("total").GetString().ShouldBe("49.90");
        (await api.PostAsync("/orders", Body)).Location.ShouldNotBe(open.Location);
    }

    [Fact]
    public async Task Who_waits_learns_that_it_is_accepted_and_a_repeat_after_a_restart_gets_the_same_bytes()
    {
        Answer accepted;
        await using (var api = await StartAsync())
        {
            var placing = api.PostAsync("/orders", Body, ("Idempotency-Key", "basket 17"), ("Prefer", "wait=30"));
            var number = await OpenOrderAsync(api);
            placing.IsCompleted.ShouldBeFalse();
            await DecideAsync(number, new AcceptOrder(new(number), Revision: 1, Reason: null, OccurredAt: null));
            accepted = await placing;
            accepted.Status.ShouldBe(201, accepted.Text);
            accepted.Text.ShouldBe($$"""{"commandId":"basket 17","orderId":"{{number}}","status":"accepted","total":"49.90","currency":"EUR","revision":1,"order":"/orders/{{number}}"}""");
        }

        await using var second = await StartAsync();
        (await second.PostAsync("/orders", Body, ("Idempotency-Key", "basket 17"))).ShouldBe(accepted);
    }

    [Fact]
    public async Task Who_waits_learns_that_it_is_rejected_and_why()
    {
        await using var api = await StartAsync();
        var placing = api.PostAsync("/orders", Body, ("Idempotency-Key", "k"), ("Prefer", "wait=30"));
        var number = await OpenOrderAsync(api);
        await DecideAsync(number, new RejectOrder(new(number), "insufficient-stock", "2 of A asked, 1 available.", OccurredAt: null));
        var rejected = await placing;
        rejected.Status.ShouldBe(409, rejected.Text);
        rejected.Code.ShouldBe("insufficient-stock");
        rejected.Detail.ShouldBe("2 of A asked, 1 available.");
        (await api.PostAsync("/orders", Body, ("Idempotency-Key", "k"))).ShouldBe(rejected);
    }

    [Fact]
    public async Task A_repeat_of_an_open_order_places_no_second_one()
    {
        await using var api = await StartAsync();
        var once = await api.PostAsync("/orders", Body, ("Idempotency-Key", "k"));
        (await api.PostAsync("/orders", Body, ("Idempotency-Key", "k"), ("Prefer", "wait=0"))).ShouldBe(once);
        var other = await api.PostAsync("/orders", Body.Replace("24.95", "25", StringComparison.Ordinal), ("Idempotency-Key", "k"));
        other.Status.ShouldBe(422);
        other.Code.ShouldBe("key-reused");
    }

    [Theory]
    [InlineData("""{"customerId":"C-1","accountId":"12345","currency":"EUR","lines":[]}""", "lines")]
    [InlineData("""{"customerId":"C-1","accountId":"12345","currency":"EUR","lines":[{"sku":"A","quantity":0,"unitPrice":"1"}]}""", "quantity")]
    [InlineData("""{"customerId":"C-1","accountId":"12345","currency":"EUR","lines":[{"sku":"A","unitPrice":"1"}]}""", "lines[0].quantity")]
    public async Task An_invalid_field_is_named(string body, string field)
    {
        await using var api = await StartAsync();
        (await api.PostAsync("/orders", body)).Json.GetProperty("errors").GetProperty(field).GetArrayLength().ShouldBe(1);
    }

    private async Task<RunningHost> StartAsync() => await (await RunningHost.StartAsync(kafka, _prefix, _registry)).ReadyAsync();

    // The caller that waits has been told no number yet: it is found where the order is.
    private async Task<string> OpenOrderAsync(RunningHost api)
    {
        string? number = null;
        await Eventually.Async(async () =>
        {
            number = (await CommittedKeys.OfAsync(kafka, $"{_prefix}orders.events")).Select(key => key[..key.LastIndexOf('@')]).FirstOrDefault();
            return number is not null;
        }, Eventually.DefaultDeadline, "order placed");
        (await api.GetAsync($"/orders/{number}?atLeast=1")).Status.ShouldBe(200);
        return number!;
    }

    private async Task DecideAsync(string number, IAvroRecord command)
    {
        using var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig { BootstrapServers = kafka.BootstrapServers, Partitioner = Partitioner.Murmur2 }).Build();
        await producer.ProduceAsync($"{_prefix}orders.commands", new()
        {
            Key = number,
            Value = new RecordFormat(_registry, Contracts.AvroRecords.All).Encode(command),
            Headers = new Headers { { "ce_id", "by hand"u8.ToArray() } },
        });
    }
}
