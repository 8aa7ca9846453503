using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security;
using System.Text;
using Streaming.Fixtures;

namespace Streaming.Lake.Tests.Support;

/// <summary>The little of S3 that the lake uses, in memory: objects, lists, and <c>If-None-Match: *</c>. It checks no signature.</summary>
internal sealed class StubS3 : IAsyncDisposable
{
    // So few that a list mostly comes in pages.
    private const int FewPageItems = 5;

    private readonly HttpListener _listener = new();
    private readonly ConcurrentDictionary<string, byte[]> _objects = new();
    private readonly int _pageItems;
    private Task _serving = Task.CompletedTask;

    private StubS3(string url, int pageItems) => (Url, _pageItems) = (url, pageItems);

    public string Url { get; }

    public int ConditionalPuts { get; private set; }

    public static Task<StubS3> StartAsync(int pageItems = FewPageItems)
    {
        var stub = new StubS3($"http://127.0.0.1:{FreePorts.One()}", pageItems);
        stub._listener.Prefixes.Add(stub.Url + "/");
        stub._listener.Start();
        stub._serving = Task.Run(stub.ServeAsync);
        return Task.FromResult(stub);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
        _listener.Close();
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var call = await _listener.GetContextAsync();
                await AnswerAsync(call);
                call.Response.Close();
            }
            catch (Exception cause) when (cause is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext call)
    {
        var key = Uri.UnescapeDataString(call.Request.Url!.AbsolutePath);
        switch (call.Request.HttpMethod)
        {
            case "PUT":
                await PutAsync(call, key);
                break;
            case "GET" when call.Request.QueryString["list-type"] == "2":
                await WriteAsync(call, 200, List(key.TrimEnd('/') + "/", call.Request.QueryString["prefix"] ?? "", call.Request.QueryString["continuation-token"], call.Request.QueryString["delimiter"]));
                break;
            case "GET" when _objects.TryGetValue(key, out var content):
                await WriteAsync(call, 200, content);
                break;
            case "GET":
                await WriteAsync(call, 404, Encoding.UTF8.GetBytes("<Error><Code>NoSuchKey</Code><Message>There is none.</Message></Error>"));
                break;
            case "DELETE":
                _objects.TryRemove(key, out _);
                call.Response.StatusCode = 204;
                break;
        }
    }

    private async Task PutAsync(HttpListenerContext call, string key)
    {
        using var body = new MemoryStream();
        await call.Request.InputStream.CopyToAsync(body);
        if (call.Request.Headers["If-None-Match"] != "*")
        {
            _objects[key] = body.ToArray();
            return;
        }
        ConditionalPuts++;
        if (!_objects.TryAdd(key, body.ToArray()))
            await WriteAsync(call, 412, Encoding.UTF8.GetBytes("<Error><Code>PreconditionFailed</Code><Message>There is one.</Message></Error>"));
    }

    private byte[] List(string bucket, string prefix, string? after, string? delimiter)
    {
        if (delimiter is not null)
            return Folders(bucket, prefix, delimiter);
        var keys = _objects.Keys.Where(key => key.StartsWith(bucket + prefix, StringComparison.Ordinal)).Select(key => key[bucket.Length..])
            .Where(key => after is null || string.CompareOrdinal(key, after) > 0).Order(StringComparer.Ordinal).ToList();
        var page = keys.Take(_pageItems).ToList();
        var items = page.Select(key => $"<Contents><Key>{SecurityElement.Escape(key)}</Key><Size>{_objects[bucket + key].Length.ToString(CultureInfo.InvariantCulture)}</Size>"
            + "<LastModified>2026-11-21T18:00:00.000Z</LastModified></Contents>");
        var more = keys.Count > _pageItems ? $"<NextContinuationToken>{SecurityElement.Escape(page[^1])}</NextContinuationToken>" : "";
        return Encoding.UTF8.GetBytes($"<ListBucketResult><IsTruncated>{(more.Length > 0 ? "true" : "false")}</IsTruncated>{more}{string.Concat(items)}</ListBucketResult>");
    }

    private byte[] Folders(string bucket, string prefix, string delimiter)
    {
        var folders = _objects.Keys.Where(key => key.StartsWith(bucket + prefix, StringComparison.Ordinal)).Select(key => key[(bucket.Length + prefix.Length)..])
            .Where(key => key.Contains(delimiter)).Select(key => prefix + key[..(key.IndexOf(delimiter, StringComparison.Ordinal) + 1)]).Distinct();
        return Encoding.UTF8.GetBytes("<ListBucketResult><IsTruncated>false</IsTruncated>"
            + string.Concat(folders.Select(folder => $"<CommonPrefixes><Prefix>{SecurityElement.Escape(folder)}</Prefix></CommonPrefixes>")) + "</ListBucketResult>");
    }

    private static async Task WriteAsync(HttpListenerContext call, int status, byte[] content)
    {
        call.Response.StatusCode = status;
        call.Response.ContentLength64 = content.Length;
        await call.Response.OutputStream.WriteAsync(content);
    }
}
