using System.CommandLine;
using System.Text.Json;
using Streaming.LogChecker;
using Streaming.Serdes.Registry;

var kafka = new Option<string>("--kafka") { Description = "Bootstrap servers.", Required = true };
var registry = new Option<string>("--registry") { Description = "Address of the schema registry.", Required = true };
var prefix = new Option<string>("--prefix") { Description = "Of the installation's topics.", DefaultValueFactory = _ => "" };
var told = new Option<FileInfo?>("--told") { Description = "What callers were told: a JSON object a line, {context, aggregateId, commandId, isAccepted, version}." };
var settled = new Option<bool>("--settled") { Description = "Nothing is under way any more: orders must be whole, too." };
var root = new RootCommand("Reads the whole log and says which promise it breaks. Ends with 0 when it breaks none, with 1 otherwise.") { kafka, registry, prefix, told, settled };
root.SetAction((arguments, cancellationToken) =>
{
    using var schemas = new SchemaRegistryClient(arguments.GetRequiredValue(registry));
    var log = new LogReader(arguments.GetRequiredValue(kafka), schemas, arguments.GetRequiredValue(prefix)).Read(LogCheck.Contexts, cancellationToken);
    var answers = arguments.GetValue(told) is { } file
        ? File.ReadLines(file.FullName).Select(line => JsonSerializer.Deserialize<ToldAnswer>(line, JsonSerializerOptions.Web)!).ToList()
        : [];
    var violations = LogCheck.Violations(log, answers, arguments.GetValue(settled));
    foreach (var violation in violations)
        Console.WriteLine(violation);
    Console.WriteLine(
        $"{log.Events.Count} events of {log.Events.Select(logged => (logged.Context, logged.AggregateId)).Distinct().Count()} aggregates, {log.Results.Count} results, "
        + $"{answers.Count} answers: {(violations.Count == 0 ? "every promise is kept" : $"{violations.Count} broken")}.");
    return Task.FromResult(violations.Count == 0 ? 0 : 1);
});
return await root.Parse(args).InvokeAsync();
