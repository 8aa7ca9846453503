using System.Text.Json;
using Streaming.CommandHost.Http;

namespace Streaming.CommandHost.Tests.Http;

public sealed class BodyReaderTests
{
    private readonly FieldErrors _errors = new();

    [Theory]
    [InlineData("""{"amount":0.1}""")]
    [InlineData("""{"amount":"0.1"}""")]
    public void An_amount_is_a_number_or_text(string json) => Of(json).Amount("amount").ShouldBe(0.1m);

    [Fact]
    public void An_amount_does_not_pass_through_floating_point() =>
        Of("""{"amount":123456789012345678901234.5678}""").Amount("amount").ShouldBe(123456789012345678901234.5678m);

    [Theory]
    [InlineData("""{"amount":1e2}""")]
    [InlineData("""{"amount":true}""")]
    [InlineData("""{}""")]
    public void What_is_no_amount_is_told(string json)
    {
        Of(json).Amount("amount");
        _errors.ByField.Keys.ShouldBe(["amount"]);
    }

    [Fact]
    public void Errors_in_a_list_say_where()
    {
        var reader = Of("""{"lines":[{"sku":"A"},{"sku":7,"more":1}]}""");
        reader.List("lines", countMax: 10, line => line.Text("sku"));
        reader.RefuseOthers();
        _errors.ByField.Keys.ShouldBe(["lines[1].more", "lines[1].sku"]);
    }

    [Theory]
    [InlineData("""{"lines":[1]}""")]
    [InlineData("""{"lines":{}}""")]
    [InlineData("""{"lines":[{},{},{}]}""")]
    [InlineData("""{}""")]
    public void What_is_no_list_of_objects_is_told_once(string json)
    {
        Of(json).List("lines", countMax: 2, _ => 0).ShouldBeEmpty();
        _errors.ByField.Keys.ShouldBe(["lines"]);
    }

    [Theory]
    [InlineData("""{"entry":0}""")]
    [InlineData("""{"entry":1.5}""")]
    [InlineData("""{"entry":"1"}""")]
    public void A_number_counts_from_one(string json)
    {
        Of(json).Number("entry");
        _errors.ByField.Keys.ShouldBe(["entry"]);
    }

    private BodyReader Of(string json) => new(JsonDocument.Parse(json).RootElement, _errors);
}
