using Microsoft.Extensions.Logging;
using Streaming.Avro;
using Streaming.Avro.Compatibility;
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

    // Events are kept for ever, and commands for a week, while hosts of both versions write and read them: each has to read what any other wrote.
    private static readonly string _level = CompatibilityLevel.FullTransitive.Name();

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

    /// <summary>All versions, oldest first: a registry that starts empty gets the history too, and judges the next version by it.</summary>
    private async Task RegisterAsync(string context, AvroRecordType record, CancellationToken cancellationToken)
    {
        foreach (var version in record.Versions)
        {
            await PersistAsync(context, () => registry.RegisterAsync(record.FullName, version.ToString(), cancellationToken), cancellationToken);
            // After the first: some registries know no level of a subject that has no schema. Before the others, which it is to judge.
            if (version == record.Versions[0])
                await EnsureCompatibilityAsync(context, record.FullName, cancellationToken);
        }
    }

    private async Task EnsureCompatibilityAsync(string context, string subject, CancellationToken cancellationToken)
    {
        try
        {
            await PersistAsync(context, () => SetAsync(), cancellationToken);
        }
        // Where levels are for somebody else to set, the level protects the next version, and is not needed to run this one.
        catch (RegistryException cause) when (cause is not RegistryUnavailableException)
        {
            logger.CompatibilityNotSet(cause, subject, _level);
        }

        async ValueTask<bool> SetAsync()
        {
            await registry.EnsureCompatibilityAsync(subject, _level, cancellationToken);
            return true;
        }
    }

    private async Task PersistAsync<T>(string context, Func<ValueTask<T>> ask, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await ask();
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
