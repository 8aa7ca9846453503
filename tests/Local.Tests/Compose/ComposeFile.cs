using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Streaming.Local.Tests.Compose;

/// <summary>A YAML file as JSON, with its anchors and merge keys resolved.</summary>
internal static class ComposeFile
{
    public static JsonObject Read(string path)
    {
        using var text = new StreamReader(path);
        var yaml = new YamlStream();
        yaml.Load(text);
        return Convert(yaml.Documents.Single().RootNode)!.AsObject();
    }

    private static JsonNode? Convert(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(Merged(map).Select(entry => KeyValuePair.Create(entry.Key, Convert(entry.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Convert)]),
        YamlScalarNode { Style: ScalarStyle.Plain } plain => Convert(plain.Value ?? ""),
        YamlScalarNode quoted => JsonValue.Create(quoted.Value),
        _ => throw new NotSupportedException($"{node.NodeType} at {node.Start}"),
    };

    // What a map says itself goes before what it merges in.
    private static Dictionary<string, YamlNode> Merged(YamlMappingNode map)
    {
        var own = map.Children.Where(child => Name(child.Key) != "<<").ToDictionary(child => Name(child.Key), child => child.Value);
        foreach (var merged in map.Children.Where(child => Name(child.Key) == "<<"))
        {
            foreach (var (name, value) in Merged((YamlMappingNode)merged.Value))
                own.TryAdd(name, value);
        }
        return own;
    }

    private static string Name(YamlNode key) => ((YamlScalarNode)key).Value!;

    private static JsonValue? Convert(string plain) => plain switch
    {
        "" or "~" or "null" => null,
        "true" => JsonValue.Create(true),
        "false" => JsonValue.Create(false),
        _ when double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        _ => JsonValue.Create(plain),
    };
}
