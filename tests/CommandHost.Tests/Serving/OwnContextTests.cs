using Streaming.CommandHost.Tests.Parcels;
using Streaming.CommandHost.Tests.Running;

namespace Streaming.CommandHost.Tests.Serving;

/// <summary>A context that this repository knows nothing of gets the whole API for a registration.</summary>
public sealed class OwnContextTests(KafkaFixture kafka)
{
    [Fact]
    public async Task Commands_answers_reading_and_description_come_with_it()
    {
        await using var api = await (await RunningHost.StartAsync(
            kafka, builder => builder.AddBareCommandHost().AddCommandContext(ParcelContext.Api))).ReadyAsync();
        var sent = await api.PostAsync("/parcels/P-1/send", """{"weightGrams": 500}""", ("Idempotency-Key", "k"));
        sent.Text.ShouldBe("""{"commandId":"k","parcelId":"P-1","version":1,"eventCount":1}""");
        (await api.PostAsync("/parcels/P-1/send", """{"weightGrams": 500000}""")).Code.ShouldBe("too-heavy");
        (await api.PostAsync("/parcels/P-1/send", "{}")).Json.GetProperty("errors").GetProperty("weightGrams").GetArrayLength().ShouldBe(1);
        (await api.GetAsync("/parcels/P-1?atLeast=1")).Json.GetProperty("state").GetRawText().ShouldBe("""{"count":1}""");
        (await api.GetAsync("/openapi/v1.json")).Json.GetProperty("paths").TryGetProperty("/parcels/{id}/send", out _).ShouldBeTrue();
        (await api.PostAsync("/inventory/A/register", """{"name":"Widget"}""")).Status.ShouldBe(404);
    }
}
