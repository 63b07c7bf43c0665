using System.Text.Json;

namespace OrleansTrain.Tracking.Tests.Server;

/// <summary>MLflow's filter grammar and ordering, over four runs: a, b, c and d.</summary>
public sealed class SearchTests(SearchFixture runs) : IClassFixture<SearchFixture>
{
    [Theory]
    [InlineData("", "d c b a")]
    [InlineData("metrics.loss < 0.5", "c b")]
    [InlineData("metrics.loss <= 0.5", "c b a")]
    [InlineData("metric.loss >= .5", "a")]
    [InlineData("metrics.loss = 5e-1", "a")]
    [InlineData("metrics.loss != 0.5", "c b")]
    [InlineData("metrics.loss > -1", "c b a")]
    [InlineData("metrics.`val/acc top-1` > 0", "b")]
    [InlineData("metrics.\"val/acc top-1\" > 0", "b")]
    [InlineData("metrics.none > 0", "")]
    [InlineData("params.lr = '0.1'", "b a")]
    [InlineData("param.lr = \"0.1\"", "b a")]
    [InlineData("parameters.lr != '0.1'", "c")]
    [InlineData("params.lr LIKE '0.%'", "c b a")]
    [InlineData("params.optimizer LIKE 'ADAM'", "")]
    [InlineData("params.optimizer ILIKE 'ADAM'", "c")]
    [InlineData("params.optimizer like 'Ad%'", "c")]
    [InlineData("tags.stage = 'dev' and metrics.loss < 0.3", "c")]
    [InlineData("tags.stage = 'dev' AND params.lr = '0.01' AND metrics.loss < 1", "c")]
    [InlineData("tags.mlflow.runName = 'a'", "a")]
    [InlineData("tags.`mlflow.runName` = 'a'", "a")]
    [InlineData("tags.quote = 'it''s'", "")]
    [InlineData("tags.quote = \"it's\"", "d")]
    [InlineData("attributes.run_name = 'b'", "b")]
    [InlineData("run_name LIKE '%'", "d c b a")]
    [InlineData("`run name` = 'b'", "b")]
    [InlineData("status = 'FINISHED'", "b")]
    [InlineData("attr.status != 'FINISHED'", "d c a")]
    [InlineData("start_time >= 2000", "d c b")]
    [InlineData("attributes.created < 2000", "a")]
    [InlineData("end_time > 0", "b")]
    [InlineData("user_id = 'eve'", "d")]
    [InlineData("run.artifact_uri LIKE 'mlflow-artifacts:/%'", "d c b a")]
    [InlineData("datasets.name = 'mnist'", "a")]
    [InlineData("dataset.context IN ('training', 'eval')", "a")]
    [InlineData("dataset.digest NOT IN ('d1')", "")]
    public async Task A_filter_finds(string filter, string expected) => Assert.Equal(expected, await runs.FindAsync(filter));

    [Fact]
    public async Task Runs_are_found_by_lists_of_ids()
    {
        var (a, c) = (runs.IdOf("a"), runs.IdOf("c"));

        Assert.Equal("c a", await runs.FindAsync($"run_id IN ('{a}', '{c}')"));
        Assert.Equal("c a", await runs.FindAsync($"attributes.run_id IN ('{a}','{c}')"));
        Assert.Equal("d b", await runs.FindAsync($"run_id NOT IN ('{a}', '{c}')"));
        Assert.Equal("a", await runs.FindAsync($"run_id = '{a}'"));
    }

    [Theory]
    [InlineData("metrics.loss", "Invalid clause(s) in filter string: 'metrics.loss'")]
    [InlineData("metrics.loss > 1 OR metrics.loss < 0", "Invalid clause(s) in filter string: 'OR'")]
    [InlineData("metrics.loss > 'x'", "Expected numeric value type for metric. Found 'x'")]
    [InlineData("metrics.loss LIKE 1", "Invalid comparator 'LIKE' not one of")]
    [InlineData("metrics.loss == 1", "Invalid comparator '==' not one of")]
    [InlineData("params.lr > '1'", "Invalid comparator '>' not one of")]
    [InlineData("params.lr = 1", "Expected a quoted string value for parameter (e.g. 'my-value'). Got value 1")]
    [InlineData("params.lr = abc", "Parameter value is either not quoted or unidentified quote types used for string value abc.")]
    [InlineData("foo.bar = '1'", "Invalid entity type 'foo'. Valid values are ['metric', 'parameter', 'tag', 'attribute', 'dataset']")]
    [InlineData("nope = '1'", "Invalid attribute key 'nope' specified. Valid keys are")]
    [InlineData("dataset.nope = '1'", "Invalid dataset key 'nope' specified. Valid keys are")]
    [InlineData("start_time > 'x'", "Expected numeric value type for numeric attribute: start_time. Found 'x'")]
    [InlineData("status IN ('FINISHED')", "Only the 'run_id' attribute supports comparison with a list of quoted string values.")]
    [InlineData("run_id IN ()", "expected a non-empty list of string values, but got empty list")]
    [InlineData("run_id IN (1, 2)", "but got different type in list")]
    [InlineData("'a' = params.lr", "Invalid comparison clause. Expected 'Identifier' found ''a''")]
    [InlineData("params.lr = '1'; params.lr = '2'", "Search filter contained multiple expression")]
    [InlineData("((((((((((", "Invalid clause(s) in filter string")]
    public async Task A_filter_that_is_none_is_refused_with_MLflows_words(string filter, string expected)
    {
        var failure = await Assert.ThrowsAsync<MlflowException>(() => runs.FindAsync(filter));

        Assert.Equal(MlflowErrorCodes.InvalidParameterValue, failure.ErrorCode);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("metrics.loss", "c b a d")]
    [InlineData("metrics.loss DESC", "a b c d")]
    [InlineData("metrics.nan ASC", "d c b a")]
    [InlineData("params.lr ASC", "c b a d")]
    [InlineData("tags.stage desc", "a c b d")]
    [InlineData("tag.`mlflow.runName` ASC", "a b c d")]
    [InlineData("attributes.start_time ASC", "a b c d")]
    [InlineData("start_time DESC", "d c b a")]
    [InlineData("Created ASC", "a b c d")]
    [InlineData("attributes.end_time DESC", "b d c a")]
    [InlineData("status ASC", "b d c a")]
    [InlineData("metrics.val/acc DESC", "d c b a")]
    public async Task Runs_come_in_the_order_asked_those_without_the_value_last(string orderBy, string expected) =>
        Assert.Equal(expected, await runs.FindAsync("", orderBy));

    [Fact]
    public async Task Later_orderings_break_ties() => Assert.Equal("c b a d", await runs.FindAsync("", "params.lr ASC", "metrics.loss ASC"));

    [Theory]
    [InlineData("metrics.loss SIDEWAYS", "Invalid ordering key in order_by clause 'metrics.loss SIDEWAYS'.")]
    [InlineData("", "Invalid order_by clause ''. Could not be parsed.")]
    [InlineData("nope", "Invalid attribute key 'nope' specified.")]
    [InlineData("start_time; DROP TABLE runs", "Could not be parsed.")]
    public async Task An_ordering_that_is_none_is_refused(string orderBy, string expected) =>
        Assert.Contains(expected, (await Assert.ThrowsAsync<MlflowException>(() => runs.FindAsync("", orderBy))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("name = 'search'", 1)]
    [InlineData("name LIKE 'Search%'", 0)]
    [InlineData("name ILIKE 'Search%'", 1)]
    [InlineData("attribute.name != 'search' AND name LIKE 'se%'", 0)]
    [InlineData("creation_time > 0 AND name = 'search'", 1)]
    [InlineData("tags.team = 'a'", 1)]
    [InlineData("tags.team LIKE 'b%'", 0)]
    public async Task Experiments_are_found(string filter, int expected)
    {
        var (status, body) = await runs.Server.PostAsync("experiments/search", JsonSerializer.Serialize(new { max_results = 10, filter }));

        Assert.Equal(200, status);
        using var answer = JsonDocument.Parse(body);
        Assert.Equal(expected, answer.RootElement.TryGetProperty("experiments", out var found) ? found.GetArrayLength() : 0);
    }
}
