using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace Streaming.Cli.Api;

/// <summary>The command host's API.</summary>
internal sealed class CommandApi(HostClient host)
{
    /// <summary>Sends a command. The same id gets the same answer, however often; the version keeps it from being decided again, ever.</summary>
    /// <param name="expectedVersion">Version of the aggregate before this command, which makes one event.</param>
    /// <returns>True when it was accepted, now or before; false when the aggregate has passed that version already.</returns>
    /// <exception cref="Failure">Refused; says why.</exception>
    public async Task<bool> SendAsync(
        string context, string id, string action, object body, string commandId, long expectedVersion, CancellationToken cancellationToken)
    {
        using var response = await host.SendAsync(() => Request(context, id, action, body, commandId, expectedVersion), cancellationToken);
        if (response.StatusCode == System.Net.HttpStatusCode.PreconditionFailed)
            return false;
        if (!response.IsSuccessStatusCode)
            throw new Failure($"{action} {id} ({commandId}): {await HostClient.ProblemAsync(response, cancellationToken)}");
        var version = response.Headers.ETag?.Tag;
        return version == $"\"{expectedVersion + 1}\""
            ? true
            : throw new Failure($"{action} {id} ({commandId}): version {version} was answered, \"{expectedVersion + 1}\" should follow \"{expectedVersion}\".");
    }

    /// <summary>Sends a command to the newest version. The same id gets the same answer.</summary>
    /// <returns>The version after it.</returns>
    /// <exception cref="Failure">Refused; says why.</exception>
    public async Task<string> AskAsync(string context, string id, string action, object body, string commandId, CancellationToken cancellationToken)
    {
        using var response = await host.SendAsync(() => Request(context, id, action, body, commandId, expectedVersion: null), cancellationToken);
        return response.IsSuccessStatusCode
            ? response.Headers.ETag?.Tag.Trim('"') ?? "unknown"
            : throw new Failure($"{action} {id}: {await HostClient.ProblemAsync(response, cancellationToken)}");
    }

    private static HttpRequestMessage Request(string context, string id, string action, object body, string commandId, long? expectedVersion)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"{context}/{Uri.EscapeDataString(id)}/{action}") { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", commandId);
        if (expectedVersion is { } version)
            request.Headers.IfMatch.Add(new EntityTagHeaderValue($"\"{version}\""));
        return request;
    }
}
