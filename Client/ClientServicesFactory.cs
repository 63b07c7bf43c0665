using OrleansTrain.Client.Catalog;
using OrleansTrain.Client.Datasets;
using OrleansTrain.Client.Doctor;
using OrleansTrain.Client.History;
using OrleansTrain.Client.Output;
using OrleansTrain.Client.Sessions;
using OrleansTrain.Client.Signals;
using OrleansTrain.Hosting.Logging;
using OrleansTrain.Storage;
using OrleansTrain.Tracking;

namespace OrleansTrain.Client;

/// <summary>The world as this process finds it: its streams, environment and folders. Starts and contacts nothing.</summary>
internal static class ClientServicesFactory
{
    public static ClientServices Create()
    {
        var workingFolder = Environment.CurrentDirectory;
        var home = HomeFolder.Locate(Environment.GetEnvironmentVariable, workingFolder);
        var time = TimeProvider.System;
        var sessions = new HostedSessions(home, Environment.GetEnvironmentVariable);
        var shipped = new ShippedDatasets(AppContext.BaseDirectory);
        ObjectStoreOptions ReadStoreOptions() => ObjectStoreOptions.FromEnvironment(home.Store);
        return new ClientServices
        {
            Terminal = new Terminal(
                Console.Out, Console.Error, !Console.IsOutputRedirected, !Console.IsErrorRedirected, new Redactor(Environment.GetEnvironmentVariable)),
            Environment = Environment.GetEnvironmentVariable,
            WorkingFolder = workingFolder,
            Time = time,
            Home = home,
            Sessions = sessions,
            Tracking = new EnvironmentTracking(home),
            Tasks = new RegisteredTasks(),
            ListenForInterrupts = () => new PosixInterrupts(),
            OpenStores = () => new ObjectStores(ReadStoreOptions()),
            ShippedDatasets = shipped,
            Datasets = new DatasetPreparation(shipped, () => new ObjectStores(ReadStoreOptions())),
            DoctorChecks = () =>
            [
                new MachineCheck(),
                new TorchCheck(),
                new HomeCheck(home),
                new RedisCheck(Environment.GetEnvironmentVariable(HostedSessions.RedisVariable), time),
                new StorageCheck(ReadStoreOptions, time),
                new MlflowCheck(MlflowClientOptions.FromEnvironment, time),
                new ClusterCheck(sessions, BuildVersion.Current),
            ],
        };
    }
}
