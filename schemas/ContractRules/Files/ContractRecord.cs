using Streaming.Avro.Schema;

namespace Streaming.ContractRules.Files;

/// <summary>All versions of one full name, oldest first.</summary>
internal sealed record ContractRecord(string FullName, IReadOnlyList<ContractFile> Versions)
{
    public ContractFile Newest => Versions[^1];

    /// <summary>Such as <c>inventory</c>.</summary>
    public string Context => Newest.Folder.Split('/')[0];

    /// <summary>The full names whose place it took, by its newest version.</summary>
    public IReadOnlyList<string> Supersedes =>
        Newest.Schema.Attributes.TryGetValue("supersedes", out var names) && names is JsonArray list
            ? [.. list.Items.OfType<JsonString>().Select(name => name.Value)]
            : [];
}
