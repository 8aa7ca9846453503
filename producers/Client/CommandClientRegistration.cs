using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Streaming.Client;

/// <summary>Registers a client of commands with a service.</summary>
public static class CommandClientRegistration
{
    /// <summary>Adds one <see cref="CommandClient"/> for the whole service; a context's client is <c>client.For(TopicCatalogue.Inventory)</c>.</summary>
    /// <param name="configure">Where commands go. Settings from a file or the environment: <c>services.AddOptions&lt;CommandClientOptions&gt;().BindConfiguration(CommandClientOptions.Section)</c>.</param>
    public static IServiceCollection AddCommandClient(this IServiceCollection services, Action<CommandClientOptions>? configure = null)
    {
        services.AddOptions<CommandClientOptions>().Configure(configure ?? (_ => { }));
        services.TryAddSingleton(provider => new CommandClient(
            provider.GetRequiredService<IOptions<CommandClientOptions>>().Value,
            loggers: provider.GetService<ILoggerFactory>(),
            time: provider.GetService<TimeProvider>()));
        return services;
    }
}
