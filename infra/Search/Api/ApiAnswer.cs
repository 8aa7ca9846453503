using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Streaming.Search.Failures;

namespace Streaming.Search.Api;

/// <summary>What a call is answered with: a status, and JSON that is written as a whole.</summary>
internal sealed class ApiAnswer : IDisposable
{
    private readonly PooledBuffer _body = new();

    public ApiAnswer(bool isPretty) => Json = new Utf8JsonWriter(
        _body, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true, Indented = isPretty });

    public int Status { get; set; } = StatusCodes.Status200OK;

    public Utf8JsonWriter Json { get; }

    public void Acknowledge()
    {
        Json.WriteStartObject();
        Json.WriteBoolean("acknowledged", true);
        Json.WriteEndObject();
    }

    /// <summary>In place of what was written so far.</summary>
    public static void WriteError(Utf8JsonWriter json, SearchFailure failure)
    {
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteStartArray("root_cause");
        json.WriteStartObject();
        WriteCause(json, failure);
        json.WriteEndObject();
        json.WriteEndArray();
        WriteCause(json, failure);
        json.WriteEndObject();
        json.WriteNumber("status", failure.Status);
        json.WriteEndObject();
    }

    public static void WriteCause(Utf8JsonWriter json, SearchFailure failure)
    {
        json.WriteString("type", failure.Type);
        json.WriteString("reason", failure.Message);
        if (failure.Index is { } index)
            json.WriteString("index", index);
    }

    /// <summary>A HEAD asks for the status alone.</summary>
    public async Task SendAsync(HttpContext context, bool isHead)
    {
        await Json.FlushAsync();
        context.Response.StatusCode = Status;
        context.Response.ContentType = "application/json; charset=UTF-8";
        context.Response.ContentLength = _body.Count;
        if (!isHead)
            await context.Response.Body.WriteAsync(_body.Written, context.RequestAborted);
    }

    public void Dispose()
    {
        Json.Dispose();
        _body.Dispose();
    }
}
