using System.CommandLine;
using System.Text;
using System.Text.Json;
using OrleansTrain.Client.Catalog;
using OrleansTrain.Client.Errors;
using Spectre.Console;

namespace OrleansTrain.Client.Commands;

/// <summary><c>tasks</c>: what can be trained.</summary>
internal sealed class TasksCommand(ClientServices services)
{
    public Command Create()
    {
        var command = new DocumentedCommand("tasks", "List what can be trained, with defaults and parameters.", "orleanstrain tasks")
        {
            CommonOptions.Json,
        };
        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        var tasks = services.Tasks.Names.Select(name => services.Tasks.Find(name)!).ToList();
        if (parse.GetValue(CommonOptions.Json))
        {
            services.Terminal.WriteLine(ToJson(tasks));
            return ExitCodes.Success;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn("task").NoWrap()).AddColumns("what it is", "defaults", "parameters");
        foreach (var task in tasks)
        {
            table.AddRow(new Text(task.Name), new Text(task.Description), new Text(List(task.Defaults)), new Text(List(task.Parameters)));
        }

        services.Terminal.OutputConsole.Write(table);
        return ExitCodes.Success;
    }

    private static string List(IReadOnlyDictionary<string, string> pairs) => string.Join(", ", pairs.Select(pair => $"{pair.Key}={pair.Value}"));

    private static string ToJson(IEnumerable<TaskDescription> tasks)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var task in tasks)
            {
                json.WriteStartObject();
                json.WriteString("name", task.Name);
                json.WriteString("description", task.Description);
                WritePairs(json, "defaults", task.Defaults);
                WritePairs(json, "params", task.Parameters);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void WritePairs(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string> pairs)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in pairs)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }
}
