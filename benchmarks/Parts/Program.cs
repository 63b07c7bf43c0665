using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using OrleansTrain.Parts;

// In this process: the parts are internal, and what they call (libtorch's flavour, our runtime settings) is set up as it is here.
var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(2).WithIterationCount(5)
    .WithIterationTime(Perfolizer.Horology.TimeInterval.FromMilliseconds(250));
var config = DefaultConfig.Instance.AddJob(job)
    .AddExporter(MarkdownExporter.GitHub)
    .HideColumns(Column.Job, Column.Toolchain, Column.IterationCount, Column.IterationTime, Column.WarmupCount, Column.RatioSD)
    .WithOptions(ConfigOptions.JoinSummary | ConfigOptions.DisableLogFile)
    .WithArtifactsPath(Path.Combine("artifacts", "parts"));
BenchmarkSwitcher.FromAssembly(typeof(SumBenchmarks).Assembly).Run(args.Length > 0 ? args : ["--filter", "*"], config);
