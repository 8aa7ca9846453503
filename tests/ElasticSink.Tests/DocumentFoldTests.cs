using Streaming.ElasticSink.Client;
using Streaming.ElasticSink.Documents;
using Streaming.ElasticSink.Tests.Support;
using Streaming.Sinks.Positions;

namespace Streaming.ElasticSink.Tests;

public sealed class DocumentFoldTests
{
    [Fact]
    public void Entries_are_written_again_where_their_document_is_there_already()
    {
        // A bulk request that was cut off has left the account's document, and perhaps none of its movements.
        var batch = Some.Batch(new Checkpoint("cluster-1", "topic-1", NextOffset: 0, Epoch: 1, Fence: 1, default), Some.AccountEvents("12345"));
        var first = new DocumentFold(Models.Of(Some.Accounts), batch, new Dictionary<string, DerivedDocument>());
        var again = new DocumentFold(Models.Of(Some.Accounts), batch, first.Changed);
        foreach (var recorded in batch.Events)
            first.Add(recorded);
        foreach (var recorded in batch.Events)
            again.Add(recorded);

        using var request = new BulkRequest();
        again.IsEmpty.ShouldBeFalse();
        again.Write(request, new ElasticOptions());
        request.Items.Select(item => item.Id).ShouldBe(["12345@1", "12345@2", "12345@3"]);
    }
}
