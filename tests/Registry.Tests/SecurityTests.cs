using System.Diagnostics;
using System.Text;
using Streaming.Broker;
using Streaming.Fixtures;

namespace Streaming.Registry.Tests;

/// <summary>Encrypted and authenticated on both sides: towards callers, and towards the broker.</summary>
public sealed class SecurityTests : IDisposable
{
    private const string User = "ann";
    private const string Password = "s3cret";
    private readonly TempFolder _folder = new("registry-security");

    [Fact]
    public async Task Callers_use_TLS_and_their_password()
    {
        var certificate = Certificate.Write(_folder.Path);
        await using var kafka = await EmbeddedBroker.StartAsync(new BrokerOptions { DataDirectory = _folder.Path });
        await using var registry = await RegistryServer.StartAsync(new RegistryServerOptions
        {
            BootstrapServers = kafka.BootstrapServers, Url = "https://127.0.0.1:0", UserName = User, Password = Password,
            CertificateFile = certificate.CertificateFile, CertificateKeyFile = certificate.KeyFile,
        });
        registry.Url.ShouldStartWith("https://127.0.0.1:");

        using var trusting = certificate.Trusting();
        using var http = new HttpClient(trusting);
        (await http.GetAsync(new Uri(registry.Url + "/subjects"))).StatusCode.ShouldBe(System.Net.HttpStatusCode.Unauthorized);
        http.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}")));
        (await http.GetStringAsync(new Uri(registry.Url + "/subjects"))).ShouldBe("[]");

        using var stranger = new HttpClient();
        (await Should.ThrowAsync<HttpRequestException>(() => stranger.GetStringAsync(new Uri(registry.Url)))).HttpRequestError.ShouldBe(HttpRequestError.SecureConnectionError);

        var (code, said) = await CurlAsync("--cacert", certificate.CertificateFile, "--user", $"{User}:{Password}", "--fail-with-body", "-H", "Content-Type: application/vnd.schemaregistry.v1+json",
            "--data", """{"schema": "\"string\""}""", $"{registry.Url}/subjects/s/versions");
        (code, said).ShouldBe((0, """{"id":1}"""));
        (code, _) = await CurlAsync("--user", $"{User}:{Password}", registry.Url);
        code.ShouldBe(60); // CURLE_PEER_FAILED_VERIFICATION
    }

    [Theory]
    [InlineData("https://127.0.0.1:0", "")]
    [InlineData("http://127.0.0.1:0", "some.pem")]
    public async Task A_certificate_and_https_go_together(string url, string file) =>
        (await Should.ThrowAsync<InvalidOperationException>(() => RegistryServer.StartAsync(new RegistryServerOptions { BootstrapServers = "127.0.0.1:1", Url = url, CertificateFile = file })))
            .Message.ShouldContain("do not go together");

    [Theory]
    [InlineData("PLAIN")]
    [InlineData("SCRAM-SHA-256")]
    [InlineData("SCRAM-SHA-512")]
    public async Task It_uses_TLS_and_SASL_towards_the_broker(string mechanism)
    {
        var certificate = Certificate.Write(_folder.Path);
        var broker = new BrokerOptions { DataDirectory = _folder.Path };
        broker.Security.Users[User] = Password;
        (broker.Security.CertificateFile, broker.Security.CertificateKeyFile) = certificate;
        await using var kafka = await EmbeddedBroker.StartAsync(broker);

        var options = new RegistryServerOptions { BootstrapServers = kafka.BootstrapServers };
        options.Client["security.protocol"] = "SASL_SSL";
        options.Client["sasl.mechanism"] = mechanism;
        options.Client["sasl.username"] = User;
        options.Client["sasl.password"] = Password;
        options.Client["ssl.ca.location"] = certificate.CertificateFile;
        await using (var registry = await RegistryServer.StartAsync(options))
        {
            using var calls = new RestCalls(registry.Url);
            await calls.RegisterAsync("s", "\"int\"");
        }
        await using var again = await RegistryServer.StartAsync(options);
        using var read = new RestCalls(again.Url);
        (await read.GetAsync("/subjects")).ShouldBeJson("""["s"]""");
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<(int Code, string Output)> CurlAsync(params string[] arguments)
    {
        using var curl = Process.Start(new ProcessStartInfo("curl", ["--silent", .. arguments]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var output = await curl.StandardOutput.ReadToEndAsync();
        await curl.WaitForExitAsync();
        return (curl.ExitCode, output);
    }
}
