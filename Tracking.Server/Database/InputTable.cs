using Microsoft.Data.Sqlite;

namespace OrleansTrain.Tracking.Server.Database;

/// <summary>Datasets that runs use: one row for a dataset of an experiment, however many runs name it.</summary>
internal static class InputTable
{
    /// <summary>Adds inputs to a run; a dataset that it has already keeps its first tags.</summary>
    public static void Add(Session session, RunInfoRecord run, IEnumerable<InputRecord> inputs)
    {
        foreach (var input in inputs)
        {
            var dataset = DatasetId(session, run.ExperimentId, input.Dataset);
            if (session.Execute("INSERT INTO inputs (run_id, dataset_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", run.RunId, dataset) == 0)
            {
                continue;
            }

            foreach (var tag in input.Tags)
            {
                session.Execute(
                    "INSERT INTO input_tags (run_id, dataset_id, name, value) VALUES ($1, $2, $3, $4)", run.RunId, dataset, tag.Key, tag.Value);
            }
        }
    }

    /// <param name="runIds">A JSON list.</param>
    public static ILookup<string, InputRecord> Load(Session session, string runIds)
    {
        var tags = session.Query(
            "SELECT run_id, dataset_id, name, value FROM input_tags WHERE run_id IN (SELECT value FROM json_each($1)) ORDER BY rowid",
            static row => (Input: (row.GetString(0), row.GetInt64(1)), Tag: new KeyValue(row.GetString(2), row.GetString(3))),
            runIds).ToLookup(row => row.Input, row => row.Tag);
        return session.Query(
            """
            SELECT i.run_id, i.dataset_id, d.name, d.digest, d.source_type, d.source, d.schema, d.profile
            FROM inputs i JOIN datasets d USING (dataset_id)
            WHERE i.run_id IN (SELECT value FROM json_each($1)) ORDER BY i.rowid
            """,
            row => (RunId: row.GetString(0), Input: new InputRecord(ReadDataset(row), [.. tags[(row.GetString(0), row.GetInt64(1))]])),
            runIds).ToLookup(row => row.RunId, row => row.Input);
    }

    private static long DatasetId(Session session, long experimentId, DatasetRecord dataset)
    {
        session.Execute(
            """
            INSERT INTO datasets (experiment_id, name, digest, source_type, source, schema, profile)
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
            """,
            experimentId,
            dataset.Name,
            dataset.Digest,
            dataset.SourceType,
            dataset.Source,
            dataset.Schema,
            dataset.Profile);
        return session.Query(
            "SELECT dataset_id FROM datasets WHERE experiment_id = $1 AND name = $2 AND digest = $3",
            static row => row.GetInt64(0),
            experimentId,
            dataset.Name,
            dataset.Digest)[0];
    }

    private static DatasetRecord ReadDataset(SqliteDataReader row) => new(
        row.GetString(2),
        row.GetString(3),
        row.GetString(4),
        row.GetString(5),
        row.IsDBNull(6) ? null : row.GetString(6),
        row.IsDBNull(7) ? null : row.GetString(7));
}
