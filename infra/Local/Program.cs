using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Streaming.Local;
using Streaming.Local.Postgres;

var builder = Host.CreateApplicationBuilder(args);
builder.Logging.AddSimpleConsole(console =>
{
    console.SingleLine = true;
    console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
    console.UseUtcTimestamp = true;
});
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddOptions<LocalOptions>().BindConfiguration(LocalOptions.Section).ValidateDataAnnotations().ValidateOnStart();
builder.Services.AddHostedService<LocalStack>();
try
{
    await builder.Build().RunAsync();
    return Environment.ExitCode;
}
catch (PostgresUnavailableException cause)
{
    await Console.Error.WriteLineAsync(cause.Message);
    return 1;
}
