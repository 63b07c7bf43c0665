using System.Security.Cryptography;

namespace OrleansTrain.Tracking.Server.Handlers;

/// <summary>Names for runs that were given none: easy to say and to tell apart.</summary>
internal static class RandomName
{
    private const int Numbers = 1000;

    private static readonly string[] Adjectives =
    [
        "able", "amused", "brave", "bright", "calm", "capable", "clean", "clever", "crisp", "curious", "eager", "fair", "fast", "gentle", "glad",
        "handsome", "honest", "jolly", "kind", "lively", "loud", "lucky", "merry", "modest", "neat", "nimble", "patient", "polite", "proud", "quiet",
        "rapid", "silent", "sincere", "skilled", "smart", "steady", "tidy", "upbeat", "vivid", "wise",
    ];

    private static readonly string[] Nouns =
    [
        "ant", "auk", "bat", "bear", "bee", "bird", "boar", "carp", "cat", "colt", "crab", "crane", "crow", "deer", "dove", "duck", "eel", "elk", "finch",
        "fox", "frog", "goat", "goose", "gull", "hare", "hawk", "hen", "horse", "jay", "kite", "lark", "loon", "lynx", "mole", "moth", "mouse", "owl",
        "roo", "seal", "shad", "snail", "stag", "swan", "toad", "trout", "whale", "wolf", "wren", "yak", "zebra",
    ];

    public static string Next() => $"{Pick(Adjectives)}-{Pick(Nouns)}-{RandomNumberGenerator.GetInt32(Numbers)}";

    private static string Pick(string[] words) => words[RandomNumberGenerator.GetInt32(words.Length)];
}
