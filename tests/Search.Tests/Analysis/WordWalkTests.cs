using System.Text;
using Streaming.Search.Analysis;

namespace Streaming.Search.Tests.Analysis;

/// <summary>Words as Elasticsearch's standard analyzer has them.</summary>
public sealed class WordWalkTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("The QUICK brown-fox", "the|quick|brown|fox")]
    [InlineData("don't o'neil's 'quoted'", "don't|o'neil's|quoted")]
    [InlineData("3.14 1,000 1,a a.b a. .b", "3.14|1,000|1|a|a.b|a|b")]
    [InlineData("XYZ-1 a1b2 snake_case ___ _x", "xyz|1|a1b2|snake_case|_x")]
    [InlineData("Ärger übel ΑΒΓ Привет", "ärger|übel|αβγ|привет")]
    [InlineData("e\u0301te", "e\u0301te")]
    [InlineData("日本語 カタカナ ひら", "日|本|語|カタカナ|ひ|ら")]
    [InlineData("user@example.org", "user|example.org")]
    [InlineData("a:b", "a:b")]
    public void A_text_falls_into_words(string text, string words) => Words(text).ShouldBe(words);

    [Fact]
    public void A_long_word_is_cut() => Words(new string('x', 600)).Split('|').Select(word => word.Length).ShouldBe([255, 255, 90]);

    [Fact]
    public void Any_bytes_end_in_words()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var i = 0; i < 2_000; i++)
        {
            var bytes = new byte[random.Next(60)];
            random.NextBytes(bytes);
            var walk = new WordWalk(bytes);
            var count = 0;
            while (walk.MoveNext())
                walk.Current.Length.ShouldBeGreaterThan(0, $"seed {seed}");
            count.ShouldBeLessThanOrEqualTo(bytes.Length);
        }
    }

    private static string Words(string text)
    {
        var words = new List<string>();
        var walk = new WordWalk(Encoding.UTF8.GetBytes(text));
        while (walk.MoveNext())
            words.Add(Encoding.UTF8.GetString(walk.Current));
        return string.Join('|', words);
    }
}
