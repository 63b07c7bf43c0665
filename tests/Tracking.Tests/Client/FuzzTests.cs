using System.Net;
using System.Text;
using CsCheck;
using OrleansTrain.Tracking.Server.Protocol;
using OrleansTrain.Tracking.Server.Search;

namespace OrleansTrain.Tracking.Tests.Client;

/// <summary>Whatever comes over the wire, it is read or refused; nothing else happens.</summary>
public sealed class FuzzTests
{
    private const string Answer =
        """
        {"run": {"info": {"run_id": "r", "experiment_id": "1", "status": "RUNNING", "start_time": 1, "artifact_uri": "s3://b/1"},
        "data": {"metrics": [{"key": "a", "value": "NaN", "timestamp": 1, "step": 2}], "tags": [{"key": "a", "value": "b"}]}}}
        """;

    [Fact]
    public void An_answer_with_broken_bytes_is_read_or_refused() =>
        Gen.Select(Gen.Int[0, Answer.Length - 1], Gen.Byte, Gen.Int[0, 20]).Array[1, 4].Sample(
            edits =>
            {
                var body = Encoding.UTF8.GetBytes(Answer).ToList();
                foreach (var (at, value, cut) in edits)
                {
                    body[Math.Min(at, body.Count - 1)] = value;
                    body.RemoveRange(Math.Min(at, body.Count - 1), Math.Min(cut / 10, body.Count - 1 - Math.Min(at, body.Count - 1)));
                }

                using var handler = new FixedAnswer([.. body]);
                using var client = new MlflowClient(new MlflowClientOptions { TrackingUri = new Uri("http://localhost/") }, handler: handler);
                try
                {
                    Assert.NotNull(client.GetRunAsync("r").GetAwaiter().GetResult().Info);
                }
                catch (MlflowException failure)
                {
                    Assert.InRange(failure.Message.Length, 10, 1000);
                }
            },
            iter: 2000);

    [Fact]
    public void A_filter_of_any_characters_is_parsed_or_refused() =>
        AnyOf("metrics", ".", "loss", " ", "=", ">", "'", "\"", "`", "(", ")", ",", "AND", "OR", "IN", "NOT", "LIKE", "1", ".5", "-", "\\", ";", "ü", "\0")
            .List[0, 25].Select(string.Concat)
            .Sample(
                filter =>
                {
                    try
                    {
                        Assert.NotNull(new FilterParser(new RunDialect()).Parse(filter));
                    }
                    catch (MlflowError error)
                    {
                        Assert.Equal("INVALID_PARAMETER_VALUE", error.Code);
                    }
                },
                iter: 20_000);

    [Fact]
    public void A_body_of_any_bytes_is_JSON_or_not() => Gen.OneOf(
            Gen.Byte,
            AnyOf((byte)'{', (byte)'}', (byte)'"', (byte)'N', (byte)'a', (byte)'-', (byte)'\\', (byte)':', (byte)',', (byte)'['))
        .Array[0, 60].Sample(
            bytes =>
            {
                using var document = LenientJson.TryParse(bytes);
                return document is null || document.RootElement.GetRawText().Length > 0;
            },
            iter: 20_000);

    private static Gen<T> AnyOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private sealed class FixedAnswer(byte[] body) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(body), RequestMessage = request });
    }
}
