using Streaming.Contracts.__Context__;
using Streaming.Domain.__Context__;
using static Streaming.Domain.Tests.__Context__.Some;

namespace Streaming.Domain.Tests.__Context__;

public sealed class __Context__LimitsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void A_quantity_is_above_zero(int quantity) => Code(Count(quantity)).ShouldBe("invalid-quantity");

    [Theory]
    [InlineData("")]
    [InlineData("  \t")]
    public void A_name_is_not_blank(string name) => Code(Open(name)).ShouldBe("invalid-name");

    [Fact]
    public void What_people_type_is_bounded()
    {
        Code(Open() with { Reason = new string('r', 501) }).ShouldBe("invalid-reason");
        Code(Open() with { Reference = new string('r', 201) }).ShouldBe("invalid-reference");
        Code(Open()).ShouldBeNull();
    }

    [Fact]
    public void An_id_is_a_single_word() => Code(Count(1) with { __Aggregate__Id = new("two words") }).ShouldBe("invalid-__kebab__-id");

    private static string? Code(__Aggregate__Command command) => __Context__Limits.Check(command)?.Code;
}
