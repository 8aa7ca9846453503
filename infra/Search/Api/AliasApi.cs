using System.Text.Json;
using Streaming.Search.Failures;
using Streaming.Search.Indices;

namespace Streaming.Search.Api;

/// <summary>Aliases: change several at once, look them up.</summary>
internal sealed class AliasApi(Catalogue catalogue)
{
    public async Task ChangeAsync(ApiRequest request, ApiAnswer answer)
    {
        request.Allow();
        await catalogue.ChangeAliasesAsync(AliasActions.Read(request.RequiredJson(), catalogue));
        answer.Acknowledge();
    }

    public async Task PutAsync(ApiRequest request, ApiAnswer answer, string index, string name)
    {
        request.Allow();
        var options = request.Json() is { } body ? AliasActions.ReadOptions(body) : null;
        if (catalogue.Find(name) is not null)
            throw new SearchFailure(400, "invalid_alias_name_exception", $"Invalid alias name [{name}]: an index or data stream exists with the same name as the alias", name);
        var indices = catalogue.Resolve(index);
        await catalogue.ChangeAliasesAsync(aliases => indices.Aggregate(aliases, (book, one) => book.Add(name, one.Name, options)));
        answer.Acknowledge();
    }

    public async Task DeleteAsync(ApiRequest request, ApiAnswer answer, string index, string name)
    {
        request.Allow();
        var indices = catalogue.Resolve(index);
        await catalogue.ChangeAliasesAsync(aliases => indices.Aggregate(aliases, (book, one) => book.Remove(name, one.Name)));
        answer.Acknowledge();
    }

    public void Get(ApiRequest request, ApiAnswer answer, string? expression, string? name)
    {
        request.Allow();
        var (aliases, names) = (catalogue.Aliases, name?.Split(','));
        var missing = names?.Where(one => !one.Contains('*') && aliases.IndicesOf(one).Count == 0).ToList() ?? [];
        var found = catalogue.Resolve(expression)
            .Select(index => (index.Name, Aliases: aliases.Of(index.Name).Where(alias => names is null || names.Any(pattern => IndexName.Matches(pattern, alias.Name))).ToList()))
            .Where(index => name is null || index.Aliases.Count > 0)
            .ToList();
        var json = answer.Json;
        json.WriteStartObject();
        if (missing.Count > 0)
        {
            answer.Status = 404;
            json.WriteString("error", $"alias{(missing.Count > 1 ? "es" : "")} [{string.Join(',', missing)}] missing");
            json.WriteNumber("status", 404);
        }

        foreach (var (index, itsAliases) in found)
        {
            json.WriteStartObject(index);
            Write(json, itsAliases);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, IEnumerable<(string Name, bool? IsWriteIndex)> aliases)
    {
        json.WriteStartObject("aliases");
        foreach (var (name, isWriteIndex) in aliases)
        {
            json.WriteStartObject(name);
            if (isWriteIndex is { } known)
                json.WriteBoolean("is_write_index", known);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
