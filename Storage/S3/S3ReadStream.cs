using System.Net.Http.Headers;

namespace OrleansTrain.Storage.S3;

/// <summary>
/// A whole object, front to back. When the connection is lost it goes on where it was, with the same version of the object,
/// and fails rather than ends early. Used by one reader at a time.
/// </summary>
internal sealed class S3ReadStream(S3ObjectStore store, S3Connection connection, string key) : ForwardOnlyStream
{
    private HttpResponseMessage? _response;
    private PatientStream? _body;
    private string? _etag;
    private long _length = -1;
    private long _position;

    public override long Length => _length;

    public Task Open(CancellationToken cancellationToken) =>
        connection.Retry.ExecuteAsync(async token => await Connect(token), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position == _length || buffer.Length == 0)
        {
            return 0;
        }

        try
        {
            var read = await connection.Retry.ExecuteAsync(async token => await ReadOnce(buffer, token), cancellationToken);
            _position += read;
            return read;
        }
        catch (Exception error) when (S3Errors.IsStoreError(error))
        {
            throw S3Errors.Translate(error, "read", store.Uri(key), connection.Endpoint);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Disconnect();
        }

        base.Dispose(disposing);
    }

    private async Task<int> ReadOnce(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_body is null)
        {
            await Connect(cancellationToken);
        }

        try
        {
            var read = await _body!.ReadAsync(buffer, cancellationToken);
            return read > 0 ? read : throw new EndOfStreamException($"the connection ended after {_position} of {_length} bytes");
        }
        catch
        {
            Disconnect();
            throw;
        }
    }

    private async Task Connect(CancellationToken cancellationToken)
    {
        var response = await store.Get(key, _position > 0 ? new RangeHeaderValue(_position, null) : null, _etag, cancellationToken);
        try
        {
            if (_length < 0)
            {
                _etag = S3Response.ETag(response);
                _length = response.Content.Headers.ContentLength
                    ?? throw new ObjectStoreException($"{store.Uri(key)} came without a length: the server is no S3 server.", ObjectStoreError.Unavailable);
            }
            else
            {
                S3Response.CheckRange(store.Uri(key), response, _position, _length - _position, _etag);
            }

            _body = new PatientStream(await response.Content.ReadAsStreamAsync(cancellationToken), connection.RequestTimeout);
            _response = response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private void Disconnect()
    {
        _body?.Dispose();
        _response?.Dispose();
        (_body, _response) = (null, null);
    }
}
