using System.Diagnostics;
using System.Net.Http.Headers;
using Minio;
using Minio.DataModel.Args;
using OrleansTrain.Storage;

namespace OrleansTrain.DataBench;

/// <summary>
/// What a client reaches that does nothing but GET objects, so many at once, and throw the bytes away. Objects are listed and requests signed
/// beforehand, outside of the measured time.
/// </summary>
internal static class PlainClient
{
    public static async Task<(int Objects, double Megabytes, double Seconds)> Run(ObjectServer server, string uri, int parallel)
    {
        using var stores = new ObjectStores(server.Options);
        var (store, prefix) = stores.Resolve($"{uri}/train/");
        using var sdk = new MinioClient().WithEndpoint(server.Endpoint.Authority).WithSSL(false).WithCredentials("S3RVER", "S3RVER").WithRegion("us-east-1").Build();
        var urls = new List<(string Url, long Size)>();
        await foreach (var info in store.List(prefix.TrimEnd('/') + "/"))
        {
            urls.Add((await sdk.PresignedGetObjectAsync(new PresignedGetObjectArgs().WithBucket("datasets").WithObject(info.Key).WithExpiry(3600)), info.Size));
        }

        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = parallel });
        var start = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(urls, new ParallelOptions { MaxDegreeOfParallelism = parallel }, async (entry, token) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, entry.Url);
            request.Headers.Range = new RangeHeaderValue(0, entry.Size - 1);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token);
            response.EnsureSuccessStatusCode();
            await response.Content.CopyToAsync(Stream.Null, token);
        });
        return (urls.Count, urls.Sum(entry => entry.Size) / 1e6, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }
}
