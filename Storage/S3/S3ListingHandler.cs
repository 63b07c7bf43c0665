using System.Text;
using System.Text.RegularExpressions;

namespace OrleansTrain.Storage.S3;

/// <summary>
/// Gives every listing AWS's XML namespace. Servers differ in it, and in any other one the SDK finds no object:
/// it would report an empty bucket instead of an error.
/// </summary>
internal sealed partial class S3ListingHandler : DelegatingHandler
{
    private const string Root = "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"";

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (request.Method == HttpMethod.Get && request.RequestUri?.Query.Contains("list-type=2", StringComparison.Ordinal) == true)
        {
            var page = await response.Content.ReadAsStringAsync(cancellationToken);
            if (!page.Contains(Root, StringComparison.Ordinal))
            {
                response.Content.Dispose();
                response.Content = new StringContent(AnyRoot().Replace(page, Root, 1), Encoding.UTF8, "application/xml");
            }
        }

        return response;
    }

    [GeneratedRegex("""<ListBucketResult(\s+xmlns="[^"]*")?""")]
    private static partial Regex AnyRoot();
}
