using Streaming.Sinks.Sql.Database;

namespace Streaming.Sinks.Sql.Tests.Database;

public sealed class ConnectionStringsTests
{
    [Theory]
    [InlineData("postgresql://u:p%40ss@db.example:5433/streaming?sslmode=require&application_name=a%20b", "Host=db.example;Port=5433;Username=u;Password=p@ss;Database=streaming;SSL Mode=Require;Application Name=a b")]
    [InlineData("postgres://u@[::1]:5433/d", "Host=::1;Port=5433;Username=u;Database=d")]
    [InlineData("postgresql://a:1,b:2/d?target_session_attrs=read-write", "Host=a:1,b:2;Database=d;Target Session Attributes=read-write")]
    [InlineData("postgresql:///d?host=/run/postgresql", "Host=/run/postgresql;Database=d")]
    [InlineData("Host=h;Username=u", "Host=h;Username=u")]
    public void Both_forms_are_read(string text, string same)
    {
        var (read, expected) = (ConnectionStrings.Parse(text), new Npgsql.NpgsqlConnectionStringBuilder(same));
        foreach (var name in new[] { "Host", "Port", "Username", "Password", "Database", "SSL Mode", "Application Name", "Target Session Attributes" })
            read[name].ShouldBe(expected[name], name);
    }

    [Theory]
    [InlineData("postgresql:/nowhere")]
    [InlineData("Hots=nowhere")]
    [InlineData("postgresql://h/d?colour=red")]
    [InlineData("postgresql://h:port/d")]
    public void What_cannot_be_read_is_refused_with_the_option_named(string text) =>
        Should.Throw<FormatException>(() => ConnectionStrings.Parse(text)).Message.ShouldContain("Database:ConnectionString");

    [Fact]
    public void Any_text_is_read_or_refused()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        const string Letters = "postgresql://@:?&=%,[]ab1;Host Port";
        for (var i = 0; i < 2_000; i++)
        {
            var text = (random.Next(2) == 0 ? "postgresql://" : "") + string.Concat(random.GetItems(Letters.AsSpan(), random.Next(30)));
            try
            {
                ConnectionStrings.Parse(text);
            }
            catch (FormatException)
            {
                // Refused, as it should be.
            }
            catch (Exception other)
            {
                Assert.Fail($"seed {seed}: '{text}' led to {other}");
            }
        }
    }
}
