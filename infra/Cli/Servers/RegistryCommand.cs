using System.CommandLine;
using Streaming.Registry;

namespace Streaming.Cli.Servers;

/// <summary><c>streamctl registry</c>: the schema registry alone, over any Kafka cluster.</summary>
internal static class RegistryCommand
{
    private const string PasswordVariable = "REGISTRY_PASSWORD";

    public static Command Create()
    {
        var kafka = new Option<string?>("--kafka")
        {
            Description = "Bootstrap list of the cluster that keeps the schemas (default: environment variable KAFKA_BOOTSTRAP).",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("KAFKA_BOOTSTRAP"),
        };
        var listen = new Option<string>("--listen") { Description = "Host and port; port 0 takes a free one.", DefaultValueFactory = _ => "127.0.0.1:8081" };
        var topic = new Option<string>("--topic") { Description = "The compacted topic that holds them.", DefaultValueFactory = _ => "_schemas" };
        var user = new Option<string?>("--user") { Description = $"Callers must authenticate by this name, and by the password in the environment variable {PasswordVariable}." };
        var client = new Option<FileInfo?>("--kafka-config")
        {
            Description = "A file of name=value lines with further settings of the Kafka client, by librdkafka's names: security.protocol, sasl.mechanism, sasl.username, sasl.password, ssl.ca.location and others.",
        };
        var certificate = new Option<FileInfo?>("--tls-certificate") { Description = "The server's certificate with its chain, as PEM. With it the registry listens by https." };
        var key = new Option<FileInfo?>("--tls-key") { Description = "The certificate's key as PEM, if it is not in the same file." };
        var registry = new Command("registry", "Runs a schema registry with the Confluent API until Ctrl-C. When it is ready, one line says where. Several may share a topic.")
        {
            kafka, client, listen, topic, user, certificate, key,
        };
        registry.SetAction((arguments, stopped) => ServerRun.UntilStoppedAsync(
            loggers =>
            {
                var (host, port) = ServerRun.ParseAddress(arguments.GetRequiredValue(listen));
                var options = new RegistryServerOptions
                {
                    BootstrapServers = arguments.GetValue(kafka) is { Length: > 0 } given ? given : throw new Failure("Give --kafka, the cluster that keeps the schemas."),
                    Url = $"{(arguments.GetValue(certificate) is null ? "http" : "https")}://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{port}",
                    Topic = arguments.GetRequiredValue(topic),
                    CertificateFile = arguments.GetValue(certificate)?.FullName ?? "",
                    CertificateKeyFile = arguments.GetValue(key)?.FullName ?? "",
                };
                foreach (var line in arguments.GetValue(client) is { } file ? File.ReadLines(file.FullName) : [])
                    AddSetting(options, line);
                if (arguments.GetValue(user) is { } name)
                    (options.UserName, options.Password) = (name, Environment.GetEnvironmentVariable(PasswordVariable) is { Length: > 0 } secret ? secret : throw new Failure($"Set {PasswordVariable}."));
                return RegistryServer.StartAsync(options, loggers, TimeProvider.System, stopped);
            },
            running => $"Registry ready at {running.Url}",
            stopped));
        return registry;
    }

    private static void AddSetting(RegistryServerOptions options, string line)
    {
        if (line.Trim() is "" or ['#', ..])
            return;
        if (line.Split('=', 2) is not [var name, var value])
            throw new Failure($"--kafka-config: the line '{line.Split(' ')[0]}…' is not name=value.");
        options.Client[name.Trim()] = value.Trim();
    }
}
