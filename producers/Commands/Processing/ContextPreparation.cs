using Microsoft.Extensions.Logging;
using Streaming.Avro;
using Streaming.Contracts.Topics;
using Streaming.Hosting.Kafka;
using Streaming.Serdes.Registry;

namespace Streaming.Commands.Processing;

/// <summary>Sees to it that a context's topics exist and its schemas are registered, before anybody writes to it.</summary>
public sealed class ContextPreparation(
    TopicProvisioner provisioner, ISchemaRegistry registry, TimeProvider time, ILogger<ContextPreparation> logger) : IDisposable
{
    private const int AttemptsMax = 3;
    private static readonly TimeSpan RegistryWait = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <param name="topics">With the installation's prefix.</param>
    public async Task PrepareAsync(ContextTopics topics, IEnumerable<AvroRecordType> records, CancellationToken cancellationToken)
    {
        // Both sides of a host ask for the same; the second finds everything done.
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            await provisioner.EnsureAsync([.. topics.All], cancellationToken);
            foreach (var record in records)
                await RegisterAsync(topics.Context, record, cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose() => _oneAtATime.Dispose();

    private async Task RegisterAsync(string context, AvroRecordType record, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await registry.RegisterAsync(record.FullName, record.Schema.ToString(), cancellationToken);
                return;
            }
            catch (IncompatibleSchemaException) when (attempt < AttemptsMax)
            {
                // Some registries answer "conflict" when two hosts register the same new schema at once; the second time they see that it is there.
                await Task.Delay(RegistryWait, time, cancellationToken);
            }
            catch (RegistryUnavailableException cause)
            {
                logger.RegistrationAwaited(cause, context);
                await Task.Delay(RegistryWait, time, cancellationToken);
            }
        }
    }
}
