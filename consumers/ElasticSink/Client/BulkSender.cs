namespace Streaming.ElasticSink.Client;

/// <summary>Sends a bulk request in parts that the server takes: one that is too large is halved.</summary>
internal sealed class BulkSender(SearchClient client, int requestBytesMax)
{
    // Thousands of items are not answered with what was sent: their statuses are what counts. And what is wrong with all of it.
    private const string Path = "_bulk?filter_path=errors,items.*.status,items.*.error,error,status";

    /// <returns>Those that were not written; empty when all were.</returns>
    /// <exception cref="SearchServerException">The server did not take a request as such.</exception>
    public async Task<List<BulkFailure>> SendAsync(BulkRequest request, CancellationToken cancellationToken)
    {
        var failures = new List<BulkFailure>();
        for (var first = 0; first < request.Items.Count;)
        {
            var end = first + 1;
            while (end < request.Items.Count && request.Items[end].End - request.Items[first].Start <= requestBytesMax)
                end++;
            await SendAsync(request, first, end, failures, cancellationToken);
            first = end;
        }

        return failures;
    }

    private async Task SendAsync(BulkRequest request, int first, int end, List<BulkFailure> failures, CancellationToken cancellationToken)
    {
        try
        {
            var body = request.Body[request.Items[first].Start..request.Items[end - 1].End];
            failures.AddRange(await client.SendAsync(Path, body, "application/x-ndjson", answer => BulkAnswer.Failures(answer, request, first), cancellationToken));
        }
        catch (SearchServerException tooLarge) when (tooLarge.Status == 413)
        {
            if (end - first == 1)
            {
                failures.Add(new BulkFailure(request.Items[first], 413, tooLarge.Type, tooLarge.Message));
                return;
            }

            var middle = (first + end) / 2;
            await SendAsync(request, first, middle, failures, cancellationToken);
            await SendAsync(request, middle, end, failures, cancellationToken);
        }
    }
}
