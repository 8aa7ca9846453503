using Npgsql;

namespace Streaming.Sinks.Sql.Database;

/// <summary>Reads connection strings in the two forms that people have them in.</summary>
/// <remarks>Source of the URI form: PostgreSQL documentation, libpq, "Connection URIs".</remarks>
public static class ConnectionStrings
{
    private static readonly string[] _schemes = ["postgresql://", "postgres://"];

    /// <exception cref="FormatException">Neither form, or a parameter that Npgsql has no counterpart of; says which.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string text)
    {
        try
        {
            return _schemes.Any(scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
                ? ParseUri(text)
                : new NpgsqlConnectionStringBuilder(text);
        }
        // What Npgsql throws is not always what it documents: an unknown name without a value is a KeyNotFoundException.
        catch (Exception cause) when (cause is ArgumentException or KeyNotFoundException or FormatException or InvalidCastException or OverflowException)
        {
            throw new FormatException($"Database:ConnectionString cannot be read: {cause.Message}", cause);
        }
    }

    // Not System.Uri: it refuses the forms without a host (unix sockets) and with several hosts, which libpq takes.
    private static NpgsqlConnectionStringBuilder ParseUri(string text)
    {
        var rest = text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var (address, query) = Split(rest, '?');
        var (authority, database) = Split(address, '/');
        var builder = new NpgsqlConnectionStringBuilder();

        var at = authority.LastIndexOf('@');
        if (at >= 0)
        {
            var (user, password) = Split(authority[..at], ':');
            Set(builder, "user", user);
            Set(builder, "password", password);
            authority = authority[(at + 1)..];
        }

        Set(builder, "host", authority.Contains(',', StringComparison.Ordinal) ? authority : HostOf(authority, builder));
        Set(builder, "dbname", database);
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = Split(pair, '=');
            Set(builder, name, value);
        }

        return builder;
    }

    private static string HostOf(string authority, NpgsqlConnectionStringBuilder builder)
    {
        var colon = authority.LastIndexOf(':');
        if (colon < 0 || authority.EndsWith(']'))
            return authority.Trim('[', ']');
        Set(builder, "port", authority[(colon + 1)..]);
        return authority[..colon].Trim('[', ']');
    }

    private static void Set(NpgsqlConnectionStringBuilder builder, string name, string encoded)
    {
        if (encoded.Length == 0)
            return;
        builder[NpgsqlName(name)] = Uri.UnescapeDataString(encoded);
    }

    private static string NpgsqlName(string name) => name switch
    {
        "user" => "Username",
        "dbname" => "Database",
        "sslmode" => "SSL Mode",
        "sslrootcert" => "Root Certificate",
        "sslcert" => "SSL Certificate",
        "sslkey" => "SSL Key",
        "application_name" => "Application Name",
        "connect_timeout" => "Timeout",
        "client_encoding" => "Client Encoding",
        "target_session_attrs" => "Target Session Attributes",
        _ => name,   // host, port, password, options are the same; an unknown one is refused by Npgsql.
    };

    private static (string Left, string Right) Split(string text, char separator)
    {
        var at = text.IndexOf(separator, StringComparison.Ordinal);
        return at < 0 ? (text, "") : (text[..at], text[(at + 1)..]);
    }
}
