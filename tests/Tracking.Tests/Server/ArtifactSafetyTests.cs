using System.Net.Sockets;
using System.Text;

namespace OrleansTrain.Tracking.Tests.Server;

public sealed class ArtifactSafetyTests(EmbeddedServer server) : IClassFixture<EmbeddedServer>
{
    private const string Proxy = "/api/2.0/mlflow-artifacts/artifacts";

    [Theory]
    [InlineData("/../../evil.txt")]
    [InlineData("/a/../../../evil.txt")]
    [InlineData("/%2e%2e/evil.txt")]
    [InlineData("/%252e%252e/evil.txt")]
    [InlineData("/%25252e%25252e%25252fevil.txt")]
    [InlineData("/..%2fevil.txt")]
    [InlineData("/..%5cevil.txt")]
    [InlineData("/%2fetc%2fevil.txt")]
    [InlineData("//etc/evil.txt")]
    [InlineData("/C:%5cevil.txt")]
    [InlineData("/C:/evil.txt")]
    [InlineData("/file:%2f%2f%2fetc%2fevil.txt")]
    [InlineData("/a%00b/evil.txt")]
    public async Task Nothing_is_written_read_or_deleted_outside(string path)
    {
        var (put, _) = await server.SendAsync(HttpMethod.Put, Proxy + path, "evil");
        var (get, _) = await server.SendAsync(HttpMethod.Get, Proxy + path);
        var (delete, _) = await server.SendAsync(HttpMethod.Delete, Proxy + path);

        Assert.Equal((400, 400, 400), (put, get, delete));
        Assert.Empty(Directory.EnumerateFiles(Path.GetDirectoryName(server.Folder)!, "evil.txt"));
        Assert.Empty(Directory.EnumerateFiles(server.Folder, "evil.txt", SearchOption.AllDirectories));
    }

    /// <summary>As MLflow does; its client's <c>log_image(key, step)</c> sends such names, because <c>%17…</c> is the start of a time.</summary>
    [Theory]
    [InlineData("images/dog%25step%253%25timestamp%251795902274349%25s19af94b.png", "dog%step%3%timestamp%1795902274349%s19af94b.png")]
    [InlineData("images/a%0ab.txt", "a%0ab.txt")]
    public async Task Control_characters_become_text_again(string path, string expected)
    {
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Put, $"{Proxy}/{path}", "x")).Status);

        Assert.Equal((200, "x"), await server.SendAsync(HttpMethod.Get, $"{Proxy}/{path}"));
        Assert.True(File.Exists(Path.Combine(server.Folder, "artifacts", "images", expected)));
    }

    [Theory]
    [InlineData("?path=..")]
    [InlineData("?path=a/../..")]
    [InlineData("?path=%252e%252e")]
    [InlineData("?path=%2Fetc")]
    public async Task Nothing_outside_is_listed(string query) => Assert.Equal(400, (await server.SendAsync(HttpMethod.Get, Proxy + query)).Status);

    [Fact]
    public async Task A_folder_in_the_way_of_a_file_is_an_error_and_so_is_the_reverse()
    {
        await server.SendAsync(HttpMethod.Put, $"{Proxy}/clash/inner.txt", "x");

        var (folderInTheWay, message) = await server.SendAsync(HttpMethod.Put, $"{Proxy}/clash", "x");
        var (fileInTheWay, _) = await server.SendAsync(HttpMethod.Put, $"{Proxy}/clash/inner.txt/deeper.txt", "x");

        Assert.Equal((400, 400), (folderInTheWay, fileInTheWay));
        Assert.Contains("there is a folder of that name", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upload_that_breaks_off_leaves_the_older_file()
    {
        using var own = new EmbeddedServer();
        await own.InitializeAsync();
        await own.SendAsync(HttpMethod.Put, $"{Proxy}/torn/file.txt", "older");
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(own.Uri.Host, own.Uri.Port);
            await using var stream = socket.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"PUT {Proxy}/torn/file.txt HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nnewer"));
            socket.Client.Shutdown(SocketShutdown.Send);
            await Record.ExceptionAsync(() => stream.CopyToAsync(Stream.Null)); // Until the server hangs up, kindly or not.
        }

        await own.DisposeAsync(); // Waits for the request to end.

        Assert.Equal("older", await File.ReadAllTextAsync(Path.Combine(own.Folder, "artifacts", "torn", "file.txt")));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(own.Folder, "unfinished")));
    }

    [Fact]
    public async Task A_large_file_passes_in_both_directions()
    {
        // More than the web server's default limit of 30 MB.
        var run = await server.NewRunAsync("large");
        var content = new byte[40_000_000];
        new Random(1).NextBytes(content);

        await server.Client.UploadArtifactAsync(run.Info, "large.bin", content);

        using var read = new MemoryStream(content.Length);
        await server.Client.DownloadArtifactAsync(run.Info, "large.bin", read);
        Assert.True(content.AsSpan().SequenceEqual(read.GetBuffer().AsSpan(0, (int)read.Length)));
    }
}
