namespace OrleansTrain.Tracking.Tests.Client;

public sealed class MlflowEnvironmentTests
{
    [Fact]
    public void Without_a_tracking_uri_there_are_no_options() => Assert.Null(Read([]));

    [Fact]
    public void MLflows_variables_are_read()
    {
        var options = Read(new()
        {
            ["MLFLOW_TRACKING_URI"] = " https://mlflow.example/base ",
            ["MLFLOW_TRACKING_USERNAME"] = "u",
            ["MLFLOW_TRACKING_PASSWORD"] = "p",
            ["MLFLOW_TRACKING_TOKEN"] = "t",
            ["MLFLOW_TRACKING_INSECURE_TLS"] = "true",
            ["MLFLOW_HTTP_REQUEST_TIMEOUT"] = "7",
        });

        Assert.Equal(
            new MlflowClientOptions
            {
                TrackingUri = new Uri("https://mlflow.example/base"),
                Username = "u",
                Password = "p",
                Token = "t",
                InsecureTls = true,
                RequestTimeout = TimeSpan.FromSeconds(7),
            },
            options);
    }

    [Fact]
    public void The_default_timeout_is_MLflows() =>
        Assert.Equal(TimeSpan.FromSeconds(120), Read(new() { ["MLFLOW_TRACKING_URI"] = "http://localhost:5000" })!.RequestTimeout);

    [Theory]
    [InlineData("MLFLOW_TRACKING_URI", "sqlite:///mlflow.db")]
    [InlineData("MLFLOW_TRACKING_URI", "localhost:5000")]
    [InlineData("MLFLOW_TRACKING_INSECURE_TLS", "maybe")]
    [InlineData("MLFLOW_HTTP_REQUEST_TIMEOUT", "0")]
    [InlineData("MLFLOW_HTTP_REQUEST_TIMEOUT", "1.5")]
    public void A_meaningless_value_is_refused_by_the_name_of_its_variable(string name, string value)
    {
        var variables = new Dictionary<string, string> { ["MLFLOW_TRACKING_URI"] = "http://localhost:5000", [name] = value };

        var message = Assert.Throws<FormatException>(() => Read(variables)).Message;

        Assert.Contains(name, message, StringComparison.Ordinal);
        Assert.Contains(value, message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_password_in_a_uri_that_is_refused_is_not_shown()
    {
        var message = Assert.Throws<FormatException>(() => Read(new() { ["MLFLOW_TRACKING_URI"] = "ftp://me:secret@host/" })).Message;

        Assert.DoesNotContain("secret", message, StringComparison.Ordinal);
    }

    private static MlflowClientOptions? Read(Dictionary<string, string> variables) => MlflowEnvironment.Read(variables.GetValueOrDefault);
}
