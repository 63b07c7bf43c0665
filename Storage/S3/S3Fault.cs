using System.Net;
using System.Xml;

namespace OrleansTrain.Storage.S3;

/// <summary>An answer of an S3 server that is no success: HTTP status and, where the server says more, S3's error code.</summary>
internal sealed class S3Fault(HttpStatusCode status, string code, string text) : Exception($"{(int)status} {code}: {text}")
{
    private const int LongestBody = 1 << 14;

    public HttpStatusCode Status { get; } = status;

    /// <summary>S3's code (<c>NoSuchBucket</c>, <c>SlowDown</c> …), or the HTTP status when the server gave none.</summary>
    public string Code { get; } = code;

    /// <summary>What the server says about it.</summary>
    public string Text { get; } = text;

    public bool IsTransient => Status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout
        || (Status >= HttpStatusCode.InternalServerError && Status is not HttpStatusCode.InsufficientStorage and not HttpStatusCode.NotImplemented)
        || Code is "SlowDown" or "RequestTimeout" or "IncompleteBody" or "BadDigest";

    public static async Task<S3Fault> Read(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = new byte[LongestBody];
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken);
        var (code, text) = Parse(new MemoryStream(body, 0, length));
        return new S3Fault(response.StatusCode, code ?? response.StatusCode.ToString(), text ?? response.ReasonPhrase ?? "");
    }

    /// <summary>Code and Message of an S3 error document; nulls for anything else, such as a proxy's HTML page.</summary>
    internal static (string? Code, string? Text) Parse(Stream body)
    {
        string? code = null, text = null;
        try
        {
            using var reader = XmlReader.Create(body, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            while (reader.Read())
            {
                if (reader is { NodeType: XmlNodeType.Element, Depth: 1, LocalName: "Code" })
                {
                    code = reader.ReadString();
                }
                else if (reader is { NodeType: XmlNodeType.Element, Depth: 1, LocalName: "Message" })
                {
                    text = reader.ReadString();
                }
            }
        }
        catch (XmlException)
        {
            // Cut off or no XML at all: what has been read so far is what there is.
        }

        return (code, text);
    }
}
