using Streaming.Cli.Api;

namespace Streaming.Cli.Demo;

/// <summary>What the SQL sink answers about the stories, word for word.</summary>
internal sealed class SqlAnswers
{
    private static readonly string[] Questions =
    [
        "stock/XYZ-1", "stock/XYZ-1/history", "stock/XYZ-1?asOf=2022-03-01", "stock/XYZ-2/history", "stock/ABC-1/history", "stock/CUP-1/history",
        "accounts/12345/history", "accounts/12346/history", "orders/ORDER-1/overview", "orders/ORDER-2/overview",
    ];

    private readonly Dictionary<string, string> _answers = [];

    public static async Task<SqlAnswers> ReadAsync(StockApi stock, CancellationToken cancellationToken)
    {
        var read = new SqlAnswers();
        foreach (var question in Questions)
            read._answers[question] = await stock.TextAsync(question, cancellationToken);
        return read;
    }

    /// <returns>How many were compared.</returns>
    /// <exception cref="Failure">One is another.</exception>
    public int EnsureSame(SqlAnswers before)
    {
        foreach (var (question, answer) in _answers)
        {
            if (before._answers[question] != answer)
                throw new Failure($"GET {question} was answered by {before._answers[question]} before, and is by {answer} now.");
        }

        return _answers.Count;
    }
}
