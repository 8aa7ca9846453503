using Streaming.Notifications;
using Streaming.Sinks;

return await NotificationsHost.Build(args).RunSinkHostAsync();
