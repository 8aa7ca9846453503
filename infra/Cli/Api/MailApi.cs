namespace Streaming.Cli.Api;

/// <summary>What the embedded stack's mail service was asked to send.</summary>
internal sealed class MailApi(HostClient host)
{
    /// <summary>Messages since it was started, in their order.</summary>
    public Task<IReadOnlyList<SentMessage>> SentAsync(CancellationToken cancellationToken) => host.GetAsync<IReadOnlyList<SentMessage>>("", cancellationToken);
}

internal sealed record SentMessage(string CustomerId, string Subject, string Text);
