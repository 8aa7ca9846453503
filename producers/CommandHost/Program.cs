using Streaming.CommandHost;

var builder = WebApplication.CreateBuilder(args);
builder.AddCommandHost();
var app = builder.Build();
app.UseCommandHost();
await app.RunAsync();
