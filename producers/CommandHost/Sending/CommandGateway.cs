using Microsoft.Extensions.Options;
using Streaming.Avro;
using Streaming.Commands.Processing;
using Streaming.Contracts.Commands;
using Streaming.Contracts.Envelope;
using Streaming.Contracts.Topics;
using Streaming.Hosting.Kafka;

namespace Streaming.CommandHost.Sending;

/// <summary>The commands of one context: prepares its topics and schemas, then has its client hear of results for as long as the host runs.</summary>
internal sealed class CommandGateway(
    ContextTopics context,
    IReadOnlyList<AvroRecordType> records,
    CommandClient client,
    IOptions<TopicsOptions> topics,
    ContextPreparation preparation) : BackgroundService
{
    private readonly TaskCompletionSource _prepared = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ContextClient _commands = client.For(context);

    /// <summary>Completes when the context's topics exist and its schemas are registered.</summary>
    public Task Prepared => _prepared.Task;

    public bool IsReady => _commands.IsReady;

    /// <inheritdoc cref="ContextClient.Find"/>
    public CommandResult? Find(ResultKey key) => _commands.Find(key);

    /// <inheritdoc cref="ContextClient.AskAsync"/>
    public Task<CommandResult?> AskAsync(
        ResultKey key, IAvroRecord command, Circumstances circumstances, TimeSpan wait, CancellationToken cancellationToken) =>
        _commands.AskAsync(key.AggregateId, key.CommandId, command, circumstances, wait, cancellationToken);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await preparation.PrepareAsync(context.WithPrefix(topics.Value.Prefix), records, stoppingToken);
            _prepared.TrySetResult();
            await _commands.Completion.WaitAsync(stoppingToken);
        }
        finally
        {
            await _commands.DisposeAsync();
        }
    }
}
