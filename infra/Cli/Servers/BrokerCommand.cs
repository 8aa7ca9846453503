using System.CommandLine;
using Microsoft.Extensions.Logging;
using Streaming.Broker;

namespace Streaming.Cli.Servers;

/// <summary><c>streamctl broker</c>: the embedded broker alone, for anybody's tests and trials.</summary>
internal static class BrokerCommand
{
    public static Command Create()
    {
        var data = new Option<string?>("--data") { Description = "Folder that keeps everything, created when missing. Without it nothing outlives the command." };
        var listen = new Option<string>("--listen") { Description = "Host and port; port 0 takes a free one.", DefaultValueFactory = _ => "127.0.0.1:9092" };
        var advertise = new Option<string?>("--advertise") { Description = "Host name that clients are told to connect to, if it is not the one of --listen." };
        var users = new Option<FileInfo?>("--users") { Description = "A file of name:password lines. With it clients must authenticate by SASL: SCRAM-SHA-256, SCRAM-SHA-512 or PLAIN." };
        var certificate = new Option<FileInfo?>("--tls-certificate") { Description = "The server's certificate with its chain, as PEM. With it every connection is TLS." };
        var key = new Option<FileInfo?>("--tls-key") { Description = "The certificate's key as PEM, if it is not in the same file." };
        var anyReplicas = new Option<bool>("--any-replication-factor") { Description = "Accept topics that want more than one replica. There is one all the same." };
        var set = new Option<string[]>("--set")
        {
            Description = "A setting by Kafka's name for it, such as auto.create.topics.enable=true. May be given several times; a name that does not exist lists those that do.",
        };
        var broker = new Command("broker", "Runs a Kafka broker of one node until Ctrl-C. When it is ready, one line says where.") 
        {
            data, listen, advertise, users, certificate, key, anyReplicas, set,
        };
        broker.SetAction(async (arguments, stopped) =>
        {
            using var scratch = arguments.GetValue(data) is null ? new ScratchFolder("broker") : null;
            return await ServerRun.UntilStoppedAsync(
                loggers => StartAsync(loggers, options =>
                {
                    options.DataDirectory = arguments.GetValue(data) ?? scratch!.Path;
                    (options.ListenHost, options.Port) = ServerRun.ParseAddress(arguments.GetRequiredValue(listen));
                    options.AdvertisedHost = arguments.GetValue(advertise) ?? "";
                    options.AcceptAnyReplicationFactor = arguments.GetValue(anyReplicas);
                    options.Security.CertificateFile = arguments.GetValue(certificate)?.FullName ?? "";
                    options.Security.CertificateKeyFile = arguments.GetValue(key)?.FullName ?? "";
                    foreach (var user in arguments.GetValue(users) is { } file ? File.ReadLines(file.FullName) : [])
                        AddUser(options, user);
                    foreach (var setting in arguments.GetValue(set) ?? [])
                        Set(options, setting);
                }, stopped),
                running => $"Broker ready at {running.BootstrapServers}",
                stopped);
        });
        return broker;
    }

    private static Task<EmbeddedBroker> StartAsync(ILoggerFactory loggers, Action<BrokerOptions> configure, CancellationToken stopped)
    {
        var options = new BrokerOptions();
        configure(options);
        return EmbeddedBroker.StartAsync(options, loggers, TimeProvider.System, stopped);
    }

    private static void AddUser(BrokerOptions options, string line)
    {
        if (line.Length == 0)
            return;
        if (line.Split(':', 2) is not [var name, var password])
            throw new Failure("A line of --users is not name:password.");
        options.Security.Users[name] = password;
    }

    private static void Set(BrokerOptions options, string setting)
    {
        if (setting.Split('=', 2) is not [var name, var value])
            throw new Failure($"--set {setting}: give name=value.");
        options.Set(name, value);
    }
}
