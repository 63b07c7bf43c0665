using OrleansTrain.Client.Errors;
using OrleansTrain.Hosting.Usage;

namespace OrleansTrain.Client.Datasets;

/// <summary>What a user may name a dataset by: a URI, a folder, or the name of one that comes with the program.</summary>
internal static class SourceArgument
{
    /// <summary>A URI or a full path.</summary>
    /// <exception cref="UsageException">There is neither such a folder nor such a name.</exception>
    public static string Find(ClientServices services, string source)
    {
        if (source.Contains("://", StringComparison.Ordinal))
        {
            return source;
        }

        var folder = Path.GetFullPath(source, services.WorkingFolder);
        if (Path.Exists(folder))
        {
            return folder;
        }

        return services.ShippedDatasets.Find(source) ?? throw new UsageException(NearestName.Suggest(
            $"there is no folder '{source}' and no dataset of that name comes with the program",
            source,
            "Datasets",
            services.ShippedDatasets.Names));
    }
}
