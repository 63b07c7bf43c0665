using System.Text.Json;

namespace OrleansTrain.Tracking.Tests.Server;

/// <summary>What the recordings do not show of the model registry.</summary>
public sealed class RegistryTests(EmbeddedServer server) : IClassFixture<EmbeddedServer>
{
    private const string Api = "/api/2.0/mlflow/";

    [Fact]
    public async Task Version_numbers_are_not_given_twice()
    {
        await Post("registered-models/create", """{"name": "numbers"}""");
        await Post("model-versions/create", """{"name": "numbers", "source": "runs:/abc/model"}""");
        await Post("model-versions/create", """{"name": "numbers", "source": "runs:/abc/model"}""");
        await server.SendAsync(HttpMethod.Delete, Api + "model-versions/delete", """{"name": "numbers", "version": "2"}""");

        var third = await Post("model-versions/create", """{"name": "numbers", "source": "runs:/abc/model"}""");

        Assert.Equal("3", third.GetProperty("model_version").GetProperty("version").GetString());
    }

    [Fact]
    public async Task A_rename_takes_versions_tags_and_aliases_along()
    {
        await Post("registered-models/create", """{"name": "old", "tags": [{"key": "k", "value": "v"}]}""");
        await Post("model-versions/create", """{"name": "old", "source": "runs:/abc/model", "tags": [{"key": "vk", "value": "vv"}]}""");
        await Post("registered-models/alias", """{"name": "old", "alias": "best", "version": "1"}""");

        await Post("registered-models/rename", """{"name": "old", "new_name": "new"}""");

        var (_, body) = await server.SendAsync(HttpMethod.Get, Api + "registered-models/alias?name=new&alias=best");
        Assert.Contains("\"vk\"", body, StringComparison.Ordinal);
        Assert.Contains("\"best\"", body, StringComparison.Ordinal);
        Assert.Equal(404, (await server.SendAsync(HttpMethod.Get, Api + "model-versions/get?name=old&version=1")).Status);
    }

    [Theory]
    [InlineData("name='search-a'", "search-a")]
    [InlineData("name LIKE 'search-%'", "search-a search-b")]
    [InlineData("name LIKE 'search-%' AND tags.stage = 'x'", "search-b")]
    [InlineData("name ILIKE 'SEARCH-A'", "search-a")]
    public async Task Models_are_found(string filter, string expected)
    {
        foreach (var name in new[] { "search-a", "search-b" })
        {
            await server.PostAsync("registered-models/create", $$"""{"name": "{{name}}"}""");
        }

        await server.PostAsync("registered-models/set-tag", """{"name": "search-b", "key": "stage", "value": "x"}""");

        var (status, body) = await server.SendAsync(HttpMethod.Get, $"{Api}registered-models/search?filter={Uri.EscapeDataString(filter)}");

        Assert.Equal(200, status);
        using var answer = JsonDocument.Parse(body);
        Assert.Equal(
            expected,
            string.Join(' ', answer.RootElement.GetProperty("registered_models").EnumerateArray().Select(model => model.GetProperty("name").GetString())));
    }

    /// <summary>What MLflow's client adds to every search for models.</summary>
    [Fact]
    public async Task Models_without_the_mark_of_prompts_are_found_and_prompts_are_not()
    {
        await Post("registered-models/create", """{"name": "marked-model"}""");
        await Post("registered-models/create", """{"name": "marked-prompt", "tags": [{"key": "mlflow.prompt.is_prompt", "value": "true"}]}""");
        foreach (var (name, tags) in new[] { ("marked-model", ""), ("marked-prompt", """{"key": "mlflow.prompt.is_prompt", "value": "true"}""") })
        {
            await Post("model-versions/create", $$"""{"name": "{{name}}", "source": "runs:/abc/model", "tags": [{{tags}}]}""");
        }

        foreach (var method in new[] { "registered-models", "model-versions" })
        {
            Assert.Equal(["marked-model"], await NamesAsync(method, "name LIKE 'marked-%' AND tag.`mlflow.prompt.is_prompt` != 'true'"));
            Assert.Equal(["marked-model"], await NamesAsync(method, "name LIKE 'marked-%'"));
            Assert.Equal(["marked-prompt"], await NamesAsync(method, "tag.`mlflow.prompt.is_prompt` = 'true' AND name LIKE 'marked-%'"));
        }
    }

    [Fact]
    public async Task A_version_made_from_a_logged_model_knows_its_run_and_its_files()
    {
        var run = await server.NewRunAsync("versions of logged models");
        var made = await Post(
            "logged-models", $$"""{"experiment_id": "{{run.Info.ExperimentId}}", "name": "net", "source_run_id": "{{run.RunId}}"}""");
        var info = made.GetProperty("model").GetProperty("info");
        var id = info.GetProperty("model_id").GetString();
        await Post("registered-models/create", """{"name": "from-logged"}""");

        var first = await Post("model-versions/create", $$"""{"name": "from-logged", "source": "models:/{{id}}", "model_id": "{{id}}"}""");
        await Post("model-versions/create", """{"name": "from-logged", "source": "models:/from-logged/1"}""");

        Assert.Equal(run.RunId, first.GetProperty("model_version").GetProperty("run_id").GetString());
        foreach (var version in new[] { 1, 2 })
        {
            var (_, files) = await server.SendAsync(HttpMethod.Get, $"{Api}model-versions/get-download-uri?name=from-logged&version={version}");
            Assert.Contains(info.GetProperty("artifact_uri").GetString()!, files, StringComparison.Ordinal);
        }

        var (_, model) = await server.SendAsync(HttpMethod.Get, $"{Api}logged-models/{id}");
        Assert.Contains("""[{\"name\": \"from-logged\", \"version\": 1}]""", model, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("models:/m-00000000000000000000000000000000")]
    [InlineData("models:/nobody/1")]
    [InlineData("models:/nobody@best")]
    public async Task A_version_of_a_model_that_is_not_there_is_refused(string source)
    {
        await server.PostAsync("registered-models/create", """{"name": "orphans"}""");

        var (status, body) = await server.PostAsync("model-versions/create", $$"""{"name": "orphans", "source": "{{source}}"}""");

        Assert.Equal(500, status);
        Assert.Contains($"Unable to fetch model from model URI source artifact location '{source}'", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Moving_to_a_stage_can_archive_who_was_there()
    {
        await Post("registered-models/create", """{"name": "staged"}""");
        foreach (var version in new[] { "1", "2" })
        {
            await Post("model-versions/create", """{"name": "staged", "source": "runs:/abc/model"}""");
            await Post(
                "model-versions/transition-stage",
                $$"""{"name": "staged", "version": "{{version}}", "stage": "production", "archive_existing_versions": true}""");
        }

        var (_, first) = await server.SendAsync(HttpMethod.Get, Api + "model-versions/get?name=staged&version=1");
        var (_, second) = await server.SendAsync(HttpMethod.Get, Api + "model-versions/get?name=staged&version=2");

        Assert.Contains("\"current_stage\": \"Archived\"", first, StringComparison.Ordinal);
        Assert.Contains("\"current_stage\": \"Production\"", second, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("file:///etc/passwd")]
    [InlineData("relative/path")]
    [InlineData("s3://bucket/../x")]
    [InlineData("mlflow-artifacts:/1/%2e%2e/x")]
    [InlineData("s3://bucket/a/./b")]
    [InlineData("s3://bucket")]
    public async Task A_source_that_could_lead_elsewhere_is_refused(string source)
    {
        await server.PostAsync("registered-models/create", """{"name": "sources"}""");

        var (status, body) = await server.PostAsync("model-versions/create", $$"""{"name": "sources", "source": "{{source}}"}""");

        Assert.Equal(400, status);
        Assert.Contains("Invalid model version source", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name = 'lm-b'", "lm-b")]
    [InlineData("params.depth = '3'", "lm-a")]
    [InlineData("tags.team = 'x' AND name LIKE 'lm-%'", "lm-b")]
    [InlineData("metrics.acc > 0.5", "lm-a")]
    [InlineData("name LIKE 'lm-%'", "lm-b lm-a")]
    public async Task Logged_models_are_found(string filter, string expected)
    {
        var run = await server.NewRunAsync($"logged models {filter}");
        var experiment = run.Info.ExperimentId;
        var a = await Post("logged-models", $$"""{"experiment_id": "{{experiment}}", "name": "lm-a", "params": [{"key": "depth", "value": "3"}]}""");
        var id = a.GetProperty("model").GetProperty("info").GetProperty("model_id").GetString();
        await Post("logged-models", $$"""{"experiment_id": "{{experiment}}", "name": "lm-b", "tags": [{"key": "team", "value": "x"}]}""");
        await Post(
            "runs/log-batch",
            $$"""{"run_id": "{{run.RunId}}", "metrics": [{"key": "acc", "value": 0.75, "timestamp": 1, "step": 0, "model_id": "{{id}}"}]}""");

        var found = await Post(
            "logged-models/search",
            JsonSerializer.Serialize(new
            {
                experiment_ids = new[] { experiment },
                filter,
                order_by = new[] { new { field_name = "name", ascending = false } },
            }));

        Assert.Equal(
            expected,
            string.Join(' ', found.GetProperty("models").EnumerateArray().Select(model => model.GetProperty("info").GetProperty("name").GetString())));
    }

    private async Task<IEnumerable<string?>> NamesAsync(string method, string filter)
    {
        var (status, body) = await server.SendAsync(HttpMethod.Get, $"{Api}{method}/search?filter={Uri.EscapeDataString(filter)}");
        Assert.True(status == 200, body);
        using var answer = JsonDocument.Parse(body);
        return [.. answer.RootElement.EnumerateObject().First().Value.EnumerateArray().Select(found => found.GetProperty("name").GetString())];
    }

    private async Task<JsonElement> Post(string method, string json)
    {
        var (status, body) = await server.PostAsync(method, json);
        Assert.True(status == 200, body);
        using var document = JsonDocument.Parse(body);
        return document.RootElement.Clone();
    }
}
