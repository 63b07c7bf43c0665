using OrleansTrain.Client;
using OrleansTrain.Client.Commands;

return await new CommandLine(ClientServicesFactory.Create()).RunAsync(args);
