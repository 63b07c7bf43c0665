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
            "No GraphQL: it serves MLflow's web page only, which is not here.",
            ["401-graphql"]),
        (
            "The model registry, logged models and traces are not served yet.",
            [
                "019-direct.json",
                "022-direct.json",
                "026-direct.json",
                "026-proxy.json",
                "027-direct.json",
                "028-direct.json",
                "029-direct.json",
                "030-direct.json",
                "035-proxy.json",
                "039-proxy.json",
                "040-proxy.json",
                "041-proxy.json",
                "042-proxy.json",
                "043-proxy.json",
                "259-logged-models-create",
                "260-logged-models-get",
                "261-logged-models-finalize",
                "262-logged-models-set-tags",
                "263-logged-models-search",
                "266-logged-models-get-after-metric",
                "267-logged-models-delete",
                "268-logged-models-get-deleted",
                "269-logged-models-get-missing",
                "270-registered-models-create",
                "271-registered-models-create-duplicate",
                "272-registered-models-create-no-name",
                "273-registered-models-create-empty",
                "274-registered-models-create-slash",
                "275-registered-models-create-colon",
                "276-registered-models-get",
                "277-registered-models-get-missing",
                "278-model-versions-create",
                "279-model-versions-create-second",
                "280-model-versions-create-no-source",
                "281-model-versions-create-missing-model",
                "282-model-versions-create-local-source",
                "283-model-versions-create-file-source",
                "284-model-versions-create-traversal-source",
                "285-model-versions-create-runs-uri",
                "286-model-versions-create-unknown-run",
                "287-model-versions-get",
                "288-model-versions-get-missing",
                "289-model-versions-get-bad-version",
                "290-model-versions-get-no-version",
                "291-model-versions-download-uri",
                "292-model-versions-search",
                "293-model-versions-search-by-run",
                "294-model-versions-search-bad-filter",
                "295-model-versions-search-order-by-repeated",
                "296-model-versions-update",
                "297-model-versions-update-int-version",
                "298-model-versions-set-tag",
                "299-model-versions-delete-tag",
                "300-alias-set-ok",
                "301-alias-set-move",
                "302-alias-set-second",
                "303-alias-set-reserved-latest",
                "304-alias-set-version-like",
                "305-alias-set-bad-char",
                "306-alias-set-missing-version",
                "307-alias-set-missing-model",
                "308-alias-set-no-alias",
                "309-alias-set-255",
                "310-alias-set-256",
                "311-alias-get",
                "312-alias-get-missing",
                "313-registered-models-get-with-aliases",
                "314-model-versions-get-with-alias",
                "315-alias-delete",
                "316-alias-delete-missing",
                "317-alias-delete-query-instead-of-body",
                "318-transition-stage",
                "319-transition-stage-bad",
                "320-get-latest-versions",
                "321-get-latest-versions-get",
                "322-registered-models-set-tag",
                "323-registered-models-delete-tag",
                "324-registered-models-update",
                "325-registered-models-search",
                "326-registered-models-search-empty",
                "327-registered-models-search-max-1001",
                "328-registered-models-rename",
                "329-registered-models-get-old-name",
                "330-model-versions-delete",
                "331-model-versions-delete-missing",
                "332-registered-models-delete",
                "333-registered-models-delete-missing",
                "400-traces-search-v3",
            ]),
    ];

    public static readonly IReadOnlyDictionary<string, string> Reasons = Table
        .SelectMany(entry => entry.Recordings.Select(recording => (recording, entry.Reason)))
        .ToDictionary(entry => entry.recording, entry => entry.Reason, StringComparer.Ordinal);
}
