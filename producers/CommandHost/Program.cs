using Streaming.CommandHost;
using Streaming.Hosting;

var builder = WebApplication.CreateBuilder(args);
builder.AddCommandHost();
var app = builder.Build();
app.UseCommandHost();
return await app.RunStreamingHostAsync();
