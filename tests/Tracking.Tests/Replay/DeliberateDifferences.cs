namespace OrleansTrain.Tracking.Tests.Replay;

/// <summary>
/// Where the embedded server answers otherwise than the recorded MLflow, and why. A recording named here must differ: an entry that no
/// longer does is a lie and fails the test.
/// </summary>
internal static class DeliberateDifferences
{
    private static readonly (string Reason, string[] Recordings)[] Table =
    [
        (
            "Same code and status; our message says what is wrong without the SQL statement that MLflow quotes.",
            [
                "018-experiments-create-duplicate",
                "047-experiments-update-to-existing-name",
                "055-experiments-create-name-of-deleted",
                "076-runs-create-no-experiment-id",
                "082-runs-create-duplicate-tags",
                "001-whole.json",
                "017-whole.json",
            ]),
        (
            "Same code and status; artifacts are files here, so the message does not speak of S3.",
            ["347-get-artifact-missing", "377-proxy-get-missing", "379-proxy-get-unknown-run", "389-proxy-get-artifact-missing"]),
        (
            "The recorded server was told not to serve artifacts; ours always does.",
            ["351-artifacts-proxy-put-when-disabled", "352-artifacts-proxy-list-when-disabled"]),
        (
            "MLflow fails to put a name that is not Latin-1 into a header; ours sends the file.",
            ["374-proxy-get-escaped"]),
        (
            "Multipart uploads need an object store that signs URLs. Ours answers as MLflow does over files (501), and MLflow's client then "
            + "uploads in one piece.",
            ["390-proxy-mpu-create", "391-proxy-mpu-complete", "393-proxy-mpu-create-2", "394-proxy-mpu-abort", "395-proxy-mpu-complete-unknown"]),
        (
            "Lists big.bin, which the recorded server had from a multipart upload.",
            ["392-proxy-list-after-mpu", "399-proxy-list-after-delete"]),
        (
            "The version told is that of the release whose answers these are, not of a development build.",
            ["002-version"]),
        (
            "Same code and status; the parser behind MLflow's search takes NOT NULL for one word, and User for a keyword.",
            ["244-whole.json", "282-whole.json"]),
        (
            "Same code and status; MLflow's message lacks the closing quote.",
            ["257-whole.json", "258-whole.json"]),
        (
            "No GraphQL: it serves MLflow's web page only, which is not here.",
            ["401-graphql"]),
    ];

    public static readonly IReadOnlyDictionary<string, string> Reasons = Table
        .SelectMany(entry => entry.Recordings.Select(recording => (recording, entry.Reason)))
        .ToDictionary(entry => entry.recording, entry => entry.Reason, StringComparer.Ordinal);
}
