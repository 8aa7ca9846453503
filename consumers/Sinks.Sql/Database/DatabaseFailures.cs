using System.Net.Sockets;
using Npgsql;

namespace Streaming.Sinks.Sql.Database;

/// <summary>Tells a database that is away from one that refuses.</summary>
internal static class DatabaseFailures
{
    // Classes of SQLSTATE: connection, authorization, no such database, resources, operator intervention. An operator mends these, and waiting loses nothing.
    private static readonly string[] _passing = ["08", "28", "3D", "53", "57"];

    /// <summary>Whether the same request may succeed later.</summary>
    public static bool MayPass(Exception failure) => failure switch
    {
        PostgresException postgres => postgres.IsTransient || _passing.Contains(postgres.SqlState[..2])
            || postgres.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.ReadOnlySqlTransaction,
        NpgsqlException or SocketException or IOException or TimeoutException => true,
        // A connection that broke under Npgsql is reported in these words, too.
        ObjectDisposedException or InvalidOperationException { Source: "Npgsql" } => true,
        _ => false,
    };
}
