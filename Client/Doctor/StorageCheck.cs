using OrleansTrain.Storage;

namespace OrleansTrain.Client.Doctor;

/// <summary>The object store: reachable, in time, and open for reading, writing, listing and deleting in the buckets that are used.</summary>
internal sealed class StorageCheck(Func<ObjectStoreOptions> readOptions, TimeProvider time) : IDoctorCheck
{
    private static readonly string[] Buckets = ["datasets", "checkpoints"];

    public string Subject => "storage";

    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        ObjectStoreOptions options;
        try
        {
            options = readOptions();
        }
        catch (ObjectStoreException exception)
        {
            return [Finding.Bad(Subject, exception.Message, "correct AWS_ENDPOINT_URL_S3 and its keys")];
        }

        if (options.Endpoint is not { } endpoint)
        {
            return [Finding.Good(Subject, $"no S3 server configured (AWS_ENDPOINT_URL_S3): objects are kept in {options.LocalFolder}")];
        }

        using var stores = new ObjectStores(options);
        var findings = new List<Finding>();
        foreach (var bucket in Buckets)
        {
            findings.Add(await ProbeAsync(stores, bucket, endpoint, cancellationToken));
        }

        try
        {
            if (await HttpClock.CheckAsync(Subject, endpoint, time, cancellationToken) is { } skew)
            {
                findings.Add(skew);
            }
        }
        catch (HttpRequestException) when (findings.TrueForAll(finding => finding.Level == FindingLevel.Bad))
        {
            // The probes have said already that it cannot be reached, and why.
        }

        return findings;
    }

    private async Task<Finding> ProbeAsync(ObjectStores stores, string bucket, Uri endpoint, CancellationToken cancellationToken)
    {
        var where = $"s3://{bucket} at {endpoint.GetLeftPart(UriPartial.Authority)}";
        var (store, key) = stores.Resolve($"s3://{bucket}/.orleanstrain-doctor-{Guid.NewGuid():N}");
        try
        {
            using var content = new MemoryStream([1]);
            await store.Write(key, content, content.Length, cancellationToken);
            await store.ReadRange(key, 0, new byte[1], cancellationToken: cancellationToken);
            await foreach (var _ in store.List(key, cancellationToken))
            {
                break;
            }

            await store.Delete(key, cancellationToken);
            return Finding.Good(Subject, $"{where}: reads, writes, lists and deletes");
        }
        catch (ObjectStoreException exception) when (exception.Error == ObjectStoreError.NotFound)
        {
            return Finding.Doubt(Subject, $"{where}: there is no such bucket", $"create it (mc mb STORE/{bucket}), or name another in dataset and checkpoint_uri");
        }
        catch (ObjectStoreException exception)
        {
            return Finding.Bad(Subject, exception.Message, Mend(exception.Error));
        }
    }

    private static string Mend(ObjectStoreError error) => error switch
    {
        ObjectStoreError.AccessDenied => "correct AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and give them s3:GetObject, PutObject, DeleteObject and ListBucket",
        ObjectStoreError.NoSpace => "make room, or raise the bucket's quota",
        _ => "start the S3 server, or correct AWS_ENDPOINT_URL_S3",
    };
}
