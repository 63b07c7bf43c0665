using System.Globalization;
using OrleansTrain.Client.Tests.Fakes;

namespace OrleansTrain.Client.Tests.Commands;

public class UsageTests
{
    [Theory]
    [InlineData("there is no command 'trian'; did you mean 'train'?", "trian")]
    [InlineData("orleanstrain train has no flag '--rank'; did you mean '--ranks'? See orleanstrain train --help\n", "train", "mnist", "--rank", "2")]
    [InlineData("orleanstrain train has no flag '--epoch'; did you mean '--epochs'?", "train", "mnist", "--epoch=2")]
    [InlineData("orleanstrain train has no flag '--xyzzy'; see orleanstrain train --help\n", "train", "mnist", "--xyzzy", "3")]
    [InlineData("orleanstrain train takes no further argument 'cifar'", "train", "mnist", "cifar")]
    [InlineData("orleanstrain needs a command. Commands: train,")]
    [InlineData("there is no task 'mnits' (command line); did you mean 'mnist'? Tasks: mnist, mnist-cnn", "train", "mnits")]
    [InlineData("no task is named. Tasks: mnist, mnist-cnn", "train")]
    [InlineData("ranks must be a whole number from 1 to 4096; found '0' (--ranks)", "train", "mnist", "--ranks", "0")]
    [InlineData("ranks must be a whole number from 1 to 4096; found '-1' (--ranks)", "train", "mnist", "--ranks", "-1")]
    [InlineData("learning_rate must be a number above 0; found 'nan' (--lr)", "train", "mnist", "--lr", "nan")]
    [InlineData("--param needs NAME=VALUE; found 'hidden'", "train", "mnist", "--param", "hidden")]
    [InlineData("ranks is given twice: by --ranks and by --set ranks", "train", "mnist", "--ranks", "2", "--set", "ranks=3")]
    [InlineData("--silos must be a whole number from 1 to 64; found '0'", "train", "mnist", "--silos", "0")]
    [InlineData("--detach needs a cluster", "train", "mnist", "--detach")]
    [InlineData("--quiet and --verbose exclude each other", "train", "mnist", "-q", "-v")]
    [InlineData("--epochs must be a whole number of at least 1; found '0'", "resume", "abc", "--epochs", "0")]
    [InlineData("--max must be a whole number of at least 1; found '0'", "runs", "--max", "0")]
    [InlineData("there is no experiment 'digit'; did you mean 'digits'? Experiments: digits", "runs", "--experiment", "digit")]
    [InlineData("there is no completion for 'bsh'; did you mean 'bash'?", "completion", "bsh")]
    public async Task WrongUseIsOneLineAndExitCodeTwo(string message, params string[] arguments)
    {
        var client = new ClientHarness();

        Assert.Equal(2, await client.RunAsync(arguments));

        Assert.StartsWith($"error: {message}", client.Errors, StringComparison.Ordinal);
        Assert.Equal(1, client.Errors.Count(character => character == '\n'));
        Assert.Equal("", client.Output);
        Assert.Null(client.Sessions!.Opened);
    }

    [Fact]
    public async Task TheVersionIsSaidHoweverItIsAskedFor()
    {
        var (command, flag) = (new ClientHarness(), new ClientHarness());

        Assert.Equal(0, await command.RunAsync("version"));
        Assert.Equal(0, await flag.RunAsync("--version"));

        Assert.StartsWith("orleanstrain ", flag.Output, StringComparison.Ordinal);
        Assert.Equal(command.Output, flag.Output);
        Assert.Equal("", flag.Errors);
    }

    [Fact]
    public async Task AMissingArgumentIsOneLine()
    {
        var client = new ClientHarness();

        Assert.Equal(2, await client.RunAsync("watch"));

        Assert.Equal("error: Required argument 'RUN_ID' missing for command: 'watch'.\n", client.Errors);
    }

    [Theory]
    [InlineData("train", "orleanstrain train mnist --ranks 4 --epochs 3 --json")]
    [InlineData("watch", "orleanstrain watch RUN_ID")]
    [InlineData("runs", "orleanstrain runs --experiment mnist --json")]
    public async Task EveryHelpEndsInExamples(string command, string example)
    {
        var client = new ClientHarness();

        Assert.Equal(0, await client.RunAsync(command, "--help"));

        Assert.Contains($"Examples:\n", client.Output, StringComparison.Ordinal);
        Assert.Contains(example, client.Output, StringComparison.Ordinal);
        Assert.Equal("", client.Errors);
    }

    [Fact]
    public async Task AnUnexpectedErrorShowsItsStackOnlyWhenVerbose()
    {
        var terse = new ClientHarness { Run = new FakeRun { Refusal = new InvalidOperationException("odd\nthing") } };
        var verbose = new ClientHarness { Run = new FakeRun { Refusal = new InvalidOperationException("odd\nthing") } };

        Assert.Equal(1, await terse.RunAsync("train", "mnist"));
        Assert.Equal(1, await verbose.RunAsync("train", "mnist", "--verbose"));

        Assert.Equal("error: unexpected InvalidOperationException: odd thing (--verbose shows where)\n", terse.Errors);
        Assert.Contains("   at OrleansTrain.Client", verbose.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("./orleanstrain train --ra", "--ranks\n")]
    [InlineData("orleanstrain tra", "tracking\ntrain\n")]
    [InlineData("orleanstrain resume --ep", "--epochs\n")]
    public async Task WhatMayComeNextIsSuggested(string line, string suggestions)
    {
        var client = new ClientHarness();

        Assert.Equal(0, await client.RunAsync("suggest", line.Length.ToString(CultureInfo.InvariantCulture), line));

        Assert.Equal(suggestions, client.Output);
    }
}
