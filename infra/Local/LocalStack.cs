using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Streaming.Broker;
using Streaming.Local.Mail;
using Streaming.Local.Postgres;
using Streaming.Local.Risk;
using Streaming.Registry;
using Streaming.Search;

namespace Streaming.Local;

/// <summary>
/// Starts broker, registry, PostgreSQL, a search node, and the two external services that the hosts call: each unless a running one is named.
/// Stops them in the opposite order.
/// </summary>
internal sealed class LocalStack(
    IOptions<LocalOptions> options, IConfiguration configuration, IHostApplicationLifetime lifetime, ILoggerFactory loggers, TimeProvider time)
    : IHostedService, IAsyncDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly LocalOptions _options = options.Value;
    private readonly string _home = Path.GetFullPath(options.Value.Home);
    private readonly ILogger _logger = loggers.CreateLogger<LocalStack>();

    private EmbeddedBroker? _broker;
    private RegistryServer? _registry;
    private PrivatePostgres? _postgres;
    private SearchServer? _search;
    private RiskServer? _risk;
    private MailServer? _mail;

    private string AddressPath => Path.Combine(_home, "local.env");

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_home);
        File.Delete(AddressPath);
        var database = StartDatabaseAsync(cancellationToken);
        var search = StartSearchAsync(cancellationToken);
        var kafka = await StartBrokerAsync(cancellationToken);
        var registry = await StartRegistryAsync(kafka, cancellationToken);
        var risk = await StartRiskAsync(cancellationToken);
        var mail = await StartMailAsync(cancellationToken);
        AddressFile.Write(
            AddressPath, ("KAFKA_BOOTSTRAP", kafka), ("SCHEMA_REGISTRY_URL", registry), ("RISK_CHECK_URL", risk), ("MAIL_URL", mail), ("SEARCH_URL", await search),
            ("DATABASE_URL", await database));
        _logger.Ready(kafka, registry, await search, _postgres?.Port ?? 0);
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        File.Delete(AddressPath);
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (_mail is not null)
            await _mail.DisposeAsync();
        if (_risk is not null)
            await _risk.DisposeAsync();
        if (_search is not null)
            await _search.DisposeAsync();
        if (_registry is not null)
            await _registry.DisposeAsync();
        if (_broker is not null)
            await _broker.DisposeAsync();
        if (_postgres is not null)
            await _postgres.DisposeAsync();
    }

    private async Task<string> StartBrokerAsync(CancellationToken cancellationToken)
    {
        if (_options.KafkaBootstrap.Length > 0)
            return _options.KafkaBootstrap;
        var settings = configuration.GetSection(BrokerOptions.Section).Get<BrokerOptions>() ?? new BrokerOptions();
        settings.DataDirectory = Path.Combine(_home, "kafka");
        Directory.CreateDirectory(settings.DataDirectory, OwnerOnly);
        settings.Port = LoopbackPort.FreeOrAnother(_options.KafkaPort);
        _broker = await EmbeddedBroker.StartAsync(settings, loggers, time, cancellationToken);
        return _broker.BootstrapServers;
    }

    private async Task<string> StartRegistryAsync(string kafka, CancellationToken cancellationToken)
    {
        if (_options.SchemaRegistryUrl.Length > 0)
            return _options.SchemaRegistryUrl;
        var settings = configuration.GetSection(RegistryServerOptions.Section).Get<RegistryServerOptions>() ?? new RegistryServerOptions();
        settings.BootstrapServers = kafka;
        settings.Url = $"http://127.0.0.1:{LoopbackPort.FreeOrAnother(_options.RegistryPort)}";
        _registry = await RegistryServer.StartAsync(settings, loggers, time, cancellationToken);
        return _registry.Url;
    }

    private async Task<string> StartRiskAsync(CancellationToken cancellationToken)
    {
        if (_options.RiskCheckUrl.Length > 0)
            return _options.RiskCheckUrl;
        _risk = await RiskServer.StartAsync(LoopbackPort.FreeOrAnother(_options.RiskPort), _options.RiskLimit, loggers, cancellationToken);
        return _risk.Url;
    }

    private async Task<string> StartMailAsync(CancellationToken cancellationToken)
    {
        if (_options.MailUrl.Length > 0)
            return _options.MailUrl;
        _mail = await MailServer.StartAsync(LoopbackPort.FreeOrAnother(_options.MailPort), loggers, time, cancellationToken);
        return _mail.Url;
    }

    private async Task<string> StartSearchAsync(CancellationToken cancellationToken)
    {
        if (_options.SearchUrl.Length > 0)
            return _options.SearchUrl;
        var settings = configuration.GetSection(SearchServerOptions.Section).Get<SearchServerOptions>() ?? new SearchServerOptions();
        settings.DataDirectory = Path.Combine(_home, "search");
        Directory.CreateDirectory(settings.DataDirectory, OwnerOnly);
        settings.Url = $"http://127.0.0.1:{LoopbackPort.FreeOrAnother(_options.SearchPort)}";
        _search = await SearchServer.StartAsync(settings, loggers, time, cancellationToken);
        return _search.Url;
    }

    private async Task<string> StartDatabaseAsync(CancellationToken cancellationToken)
    {
        if (_options.DatabaseUrl.Length > 0)
            return _options.DatabaseUrl;
        var settings = new PrivatePostgresOptions
        {
            Home = Path.Combine(_home, "postgres"),
            Port = _options.DatabasePort,
            LogFile = Path.Combine(_home, "logs", "postgres.log"),
        };
        Directory.CreateDirectory(Path.Combine(_home, "logs"), OwnerOnly);
        _postgres = await PrivatePostgres.StartAsync(settings, time, cancellationToken);
        _ = StopWithDatabaseAsync(_postgres, settings.LogFile);
        return _postgres.Url;
    }

    // Without its database half of the stack is useless: it ends, loudly, and the next start recovers.
    private async Task StopWithDatabaseAsync(PrivatePostgres postgres, string logFile)
    {
        await postgres.Ended;
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return;
        _logger.DatabaseEnded(logFile);
        Environment.ExitCode = 1;
        lifetime.StopApplication();
    }
}
