using OrleansTrain.Hosting.Clustering;
using OrleansTrain.Silo;
using OrleansTrain.Storage;
using OrleansTrain.Tracking;
using OrleansTrain.Training.Native;

try
{
    return await SiloCommand.Create(SiloHost.Run).Parse(args).InvokeAsync(new System.CommandLine.InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception error) when (error is SiloOptionsException or RedisUnreachableException or ObjectStoreException or MlflowException or TorchUnavailableException && !args.Contains("--verbose"))
{
    await Console.Error.WriteLineAsync($"error: {error.Message}");
    return 2;
}
