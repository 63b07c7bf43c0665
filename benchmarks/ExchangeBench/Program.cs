using System.CommandLine;
using OrleansTrain.Exchange;
using OrleansTrain.ExchangeBench;

var model = new Option<string>("--model") { DefaultValueFactory = _ => "mnist", Description = $"One of {string.Join(", ", BenchModel.Names)}" };
var modes = new Option<ExchangeMode[]>("--mode") { DefaultValueFactory = _ => [ExchangeMode.Tcp], AllowMultipleArgumentsPerToken = true };
var silos = new Option<int>("--silos") { DefaultValueFactory = _ => 2 };
var ranks = new Option<int>("--ranks") { DefaultValueFactory = _ => 1, Description = "Ranks on each silo" };
var steps = new Option<int>("--steps") { DefaultValueFactory = _ => 200 };
var optimizer = new Option<string>("--optimizer") { DefaultValueFactory = _ => "sgd" };
var repeat = new Option<int>("--repeat") { DefaultValueFactory = _ => 1 };

var root = new RootCommand("Milliseconds that a step of the gradient exchange takes, without any computing around it.")
{
    model, modes, silos, ranks, steps, optimizer, repeat,
};
root.SetAction(async (parsed, _) =>
{
    Console.WriteLine("model        mode           silos  ranks  ms/step  waiting  updating  MB sent");
    for (var round = 0; round < parsed.GetValue(repeat); round++)
    {
        foreach (var mode in parsed.GetValue(modes)!)
        {
            var settings = new BenchSettings(
                parsed.GetValue(model)!, mode, parsed.GetValue(silos), parsed.GetValue(ranks), parsed.GetValue(steps), parsed.GetValue(optimizer)!);
            var result = await Measurement.Run(settings);
            Console.WriteLine(
                $"{settings.Model,-12} {mode,-14} {settings.Silos,5}  {settings.Ranks,5}  {result.Milliseconds,7:F3}  {result.WaitingMilliseconds,7:F3}  {result.UpdatingMilliseconds,8:F3}  {result.MegabytesSent,7:F2}");
        }
    }
});
var silo = new Command("silo", "A silo process of a measurement.") { Hidden = true };
silo.SetAction((_, _) => Measurement.RunSilo());
root.Subcommands.Add(silo);
return await root.Parse(args).InvokeAsync();
