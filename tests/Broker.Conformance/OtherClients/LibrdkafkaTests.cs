using Streaming.Fixtures;

namespace Streaming.Broker.Conformance.Tests.OtherClients;

/// <summary>A few of librdkafka's own tests, those that say most in little time. <c>make conformance</c> runs them all, and builds them.</summary>
public sealed class LibrdkafkaTests
{
    [ConformanceFact]
    [NeedsLibrdkafkasTests]
    public async Task Some_of_librdkafkas_tests_pass()
    {
        // Batches that are refused in part, fetches of every size, offsets and their metadata, SASL.
        var script = Path.Combine(Repository.Root!, "infra", "librdkafka", "run-tests.sh");
        var run = await ProgramRun.OfProgramAsync(script, Repository.Root!, "0005", "0011", "0012", "0031", "0036", "0041", "0099", "0135");
        run.ExitCode.ShouldBe(0, run.ToString());
    }
}

/// <summary>The tests need librdkafka's test programs, built in this clone.</summary>
public sealed class NeedsLibrdkafkasTestsAttribute : RequirementAttribute
{
    private static readonly Lazy<bool> AreBuilt = new(() =>
    {
        var folder = Path.Combine(Repository.Root ?? "", ".nuget", "librdkafka-tests");
        var areBuilt = Directory.Exists(folder) && Directory.EnumerateFiles(folder, ".built-*").Any();
        if (!areBuilt)
            Console.WriteLine("absent: librdkafka's own tests are not built (make conformance does); they are left out.");
        return areBuilt;
    });

    public override bool IsMet => AreBuilt.Value;
}
