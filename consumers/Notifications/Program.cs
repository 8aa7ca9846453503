using Streaming.Hosting;
using Streaming.Notifications;

return await NotificationsHost.Build(args).RunStreamingHostAsync();
