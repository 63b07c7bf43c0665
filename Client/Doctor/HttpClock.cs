namespace OrleansTrain.Client.Doctor;

/// <summary>Asks an HTTP server for its time: the Date header of any answer.</summary>
internal static class HttpClock
{
    /// <returns>A finding, or null when the clocks agree or the server does not say.</returns>
    public static async Task<Finding?> CheckAsync(string subject, Uri server, TimeProvider time, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var http = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Head, server.GetLeftPart(UriPartial.Authority));
        var asked = time.GetUtcNow();
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);

        // The header has whole seconds, cut off.
        return answer.Headers.Date is { } date ? ClockSkew.Judge(subject, date, asked.AddSeconds(-1), time.GetUtcNow()) : null;
    }
}
