using System.CommandLine;

namespace OrleansTrain.Client.Commands;

/// <summary><c>data</c>: datasets in the object store.</summary>
internal static class DataCommand
{
    public static Command Create(ClientServices services) => new DocumentedCommand(
        "data",
        "Put datasets into the object store, and look at them.",
        "orleanstrain data put mnist s3://datasets/mnist",
        "orleanstrain data ls s3://datasets",
        "orleanstrain data inspect s3://datasets/mnist")
    {
        new DataPutCommand(services).Create(),
        new DataListCommand(services).Create(),
        new DataInspectCommand(services).Create(),
    };
}
