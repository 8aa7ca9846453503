namespace Streaming.Registry.Store;

/// <summary>The name of a type, in two parts; the namespace is empty where there is none.</summary>
internal readonly record struct SchemaName(string Namespace, string Last)
{
    public string Full => Namespace.Length == 0 ? Last : $"{Namespace}.{Last}";

    /// <summary>A name with dots has its namespace in it; another is in the one around it.</summary>
    public static SchemaName Of(string name, string around)
    {
        var dot = name.LastIndexOf('.');
        return dot < 0 ? new SchemaName(around, name) : new SchemaName(name[..dot], name[(dot + 1)..]);
    }

    /// <summary>How it is written within a namespace: without its own where that is the same, or none.</summary>
    public string Within(string around) => Namespace.Length == 0 || Namespace == around ? Last : Full;
}
