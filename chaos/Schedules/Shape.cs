namespace OrleansTrain.Schedules;

/// <summary>What all schedules train and where: small enough for seconds, with every part in use.</summary>
internal static class Shape
{
    public const int Silos = 3;

    // Four ranks need two silos: the third takes over at once, and one silo left is too few.
    public const int Slots = 2;
    public const int Ranks = 4;
    public const int Epochs = 10;
    public const int LogEverySteps = 50;

    public static IEnumerable<string> Arguments =>
    [
        "train", "mnist-mlp", "--ranks", $"{Ranks}", "--epochs", $"{Epochs}", "--checkpoint-every", "100", "--keep-checkpoints", "2", "--max-failures", "-1",
        "--step-timeout", "10s", "--set", $"log_every_steps={LogEverySteps}", "--json",
    ];
}
