using Streaming.Avro.Compatibility;
using Streaming.Avro.Schema;

namespace Streaming.Avro.Tests.Compatibility;

public sealed class EvolutionRulesTests
{
    public static TheoryData<string> Histories => Golden.Ids("compatibility", "histories");

    [Theory]
    [MemberData(nameof(Histories))]
    public void Every_level_judges_a_history_as_the_registries_do(string id)
    {
        var history = Golden.Case("compatibility", id, "histories");
        var versions = history.GetProperty("versions").EnumerateArray().Select(version => AvroSchema.Parse(version.GetRawText())).ToArray();
        var fresh = AvroSchema.Parse(history.GetProperty("new_schema").GetRawText());

        foreach (var expected in history.GetProperty("verdicts").EnumerateObject())
        {
            CompatibilityLevels.TryParse(expected.Name, out var level).ShouldBeTrue(expected.Name);
            (EvolutionRules.Check(level, fresh, versions).Count == 0).ShouldBe(expected.Value.GetBoolean(), $"{id} under {expected.Name}");
        }
    }

    [Fact]
    public void Levels_are_read_in_any_case_and_written_as_registries_write_them()
    {
        foreach (var level in Enum.GetValues<CompatibilityLevel>())
        {
            CompatibilityLevels.TryParse(level.Name().ToLowerInvariant(), out var read).ShouldBeTrue();
            read.ShouldBe(level);
        }
        CompatibilityLevels.TryParse("SOMETIMES", out _).ShouldBeFalse();
        CompatibilityLevels.TryParse(null, out _).ShouldBeFalse();
    }
}
