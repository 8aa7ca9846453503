using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Streaming.Hosting;
using Streaming.Local;
using Streaming.Local.Postgres;

var builder = Host.CreateApplicationBuilder(args);
builder.Logging.AddOperatorLog();
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
