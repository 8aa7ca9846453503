using System.Reflection;
using Streaming.Contracts.Topics;
using Streaming.Sinks.Sql.Projecting;

namespace Streaming.Sinks.Sql;

/// <summary>What a SQL sink makes of which events.</summary>
/// <param name="Name">Of the sink and of its consumer group, such as <c>sql-sink</c>.</param>
/// <param name="Contexts">Whose events it reads.</param>
public sealed record SqlSinkDefinition(string Name, params IReadOnlyList<SqlContext> Contexts)
{
    /// <summary>Keeps every event as it was written, as JSON, in <c>audit_log</c>.</summary>
    public bool IsAudited { get; init; } = true;

    /// <summary>The schema of its tables, unless <c>Database:Schema</c> names another: each sink has one of its own.</summary>
    public string Schema { get; init; } = Name.Replace('-', '_');

    /// <summary>Carries migrations, embedded as <c>….Migrations.0001-name.sql</c>; null where declared tables are all there is.</summary>
    public Assembly? Migrations { get; init; }
}

/// <summary>A context, and the tables that its events lead to.</summary>
public sealed record SqlContext(ContextTopics Topics, params IReadOnlyList<SqlProjection> Projections);
