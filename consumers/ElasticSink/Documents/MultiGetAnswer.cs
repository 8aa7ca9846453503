using System.Text.Json;
using Streaming.ElasticSink.Client;

namespace Streaming.ElasticSink.Documents;

/// <summary>Reads the documents that <c>_mget</c> answers with, in one pass.</summary>
internal static class MultiGetAnswer
{
    /// <param name="foldEpoch">Documents of an earlier epoch are left out.</param>
    /// <returns>By id; without those that are not there.</returns>
    /// <exception cref="SearchServerException">503: one could not be read.</exception>
    public static Dictionary<string, DerivedDocument> Read(ReadOnlySpan<byte> answer, ReadModel model, int foldEpoch)
    {
        var documents = new Dictionary<string, DerivedDocument>();
        var json = new Utf8JsonReader(answer);
        json.Read();
        while (NextProperty(ref json))
        {
            var isDocuments = json.ValueTextEquals("docs"u8);
            json.Read();
            if (!isDocuments)
            {
                json.Skip();
                continue;
            }

            while (json.Read() && json.TokenType == JsonTokenType.StartObject)
            {
                var (id, document) = ReadDocument(ref json, model);
                if (document?.Meta.Epoch >= foldEpoch)
                    documents.Add(id, document);
            }
        }

        return documents;
    }

    private static (string Id, DerivedDocument? Document) ReadDocument(ref Utf8JsonReader json, ReadModel model)
    {
        var (id, document) = ("", (DerivedDocument?)null);
        while (NextProperty(ref json))
        {
            if (json.ValueTextEquals("_id"u8))
            {
                json.Read();
                id = json.GetString()!;
            }
            else if (json.ValueTextEquals("_source"u8))
            {
                json.Read();
                document = model.Read(ref json);
            }
            else if (json.ValueTextEquals("error"u8))
            {
                json.Read();
                using var error = JsonDocument.ParseValue(ref json);
                throw new SearchServerException(503, "", $"A document of {model.Name} could not be read: {error.RootElement}");
            }
            else
            {
                json.Read();
                json.Skip();
            }
        }

        return (id, document);
    }

    private static bool NextProperty(ref Utf8JsonReader json) => json.Read() && json.TokenType == JsonTokenType.PropertyName;
}
