namespace Streaming.Local.Mail;

/// <summary>What customers would have been told, the newest of it.</summary>
internal sealed class SentMessages
{
    private const int KeptMax = 1_000;

    private readonly Lock _lock = new();
    private readonly Queue<(string Key, SentMessage Message)> _messages = new();
    private readonly HashSet<string> _keys = [];

    /// <param name="key">Names the request: with the same one again nothing more is sent. Empty: it has none.</param>
    public void Add(string key, SentMessage message)
    {
        lock (_lock)
        {
            if (key.Length > 0 && !_keys.Add(key))
                return;
            _messages.Enqueue((key, message));
            if (_messages.Count > KeptMax)
                _keys.Remove(_messages.Dequeue().Key);
        }
    }

    public IReadOnlyList<SentMessage> All()
    {
        lock (_lock)
            return [.. _messages.Select(sent => sent.Message)];
    }
}

/// <summary>A message, and when it came.</summary>
internal sealed record SentMessage(string CustomerId, string Subject, string Text, DateTimeOffset SentAt);
