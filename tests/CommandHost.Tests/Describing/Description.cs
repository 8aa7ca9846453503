using System.Text.Json;
using Streaming.CommandHost.Tests.Running;

namespace Streaming.CommandHost.Tests.Describing;

/// <summary>What the API's description says of one operation.</summary>
internal sealed class Description(JsonElement document, string path, string method)
{
    private readonly JsonElement _responses = document.GetProperty("paths").GetProperty(path).GetProperty(method).GetProperty("responses");

    public IReadOnlyList<string> Statuses => [.. _responses.EnumerateObject().Select(response => response.Name).Order(StringComparer.Ordinal)];

    /// <summary>Fails unless this answer is one of those that are described: status, kind, members, and where it leads.</summary>
    public void Tells(Answer answer)
    {
        _responses.TryGetProperty(answer.Status.ToString(), out var response).ShouldBeTrue($"{answer.Status} is not described: {answer.Text}");
        response.GetProperty("content").TryGetProperty(answer.ContentType!, out var content).ShouldBeTrue($"{answer.Status} is not described as {answer.ContentType}");
        (answer.Location is not null).ShouldBe(HasHeader(response, "Location"), $"Location of {answer.Status}");
        var schema = content.GetProperty("schema");
        if (schema.TryGetProperty("$ref", out _))
            return;     // A problem may have members of its own.
        var members = answer.Json.EnumerateObject().Select(member => member.Name).ToList();
        members.ShouldBeSubsetOf(schema.GetProperty("properties").EnumerateObject().Select(property => property.Name));
        schema.GetProperty("required").EnumerateArray().Select(name => name.GetString()!).ShouldBeSubsetOf(members);
    }

    private static bool HasHeader(JsonElement response, string name) => response.TryGetProperty("headers", out var headers) && headers.TryGetProperty(name, out _);
}
