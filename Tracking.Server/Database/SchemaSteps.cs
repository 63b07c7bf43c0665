namespace OrleansTrain.Tracking.Server.Database;

/// <summary>What each schema version adds. A released step never changes.</summary>
internal static class SchemaSteps
{
    /// <summary>
    /// Metrics are clustered by run, key and time: a history reads as one range, and an equal row finds its place taken.
    /// </summary>
    public const string Tracking = """
        CREATE TABLE experiments (
            experiment_id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE,
            artifact_location TEXT NOT NULL,
            lifecycle_stage TEXT NOT NULL,
            creation_time INTEGER NOT NULL,
            last_update_time INTEGER NOT NULL
        );
        CREATE TABLE experiment_tags (
            experiment_id INTEGER NOT NULL REFERENCES experiments,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            UNIQUE (experiment_id, key)
        );
        CREATE TABLE runs (
            run_id TEXT NOT NULL PRIMARY KEY,
            experiment_id INTEGER NOT NULL REFERENCES experiments,
            run_name TEXT NOT NULL,
            user_id TEXT NOT NULL,
            status TEXT NOT NULL,
            start_time INTEGER NOT NULL,
            end_time INTEGER,
            artifact_uri TEXT NOT NULL,
            lifecycle_stage TEXT NOT NULL
        );
        CREATE INDEX runs_of_experiment ON runs (experiment_id, start_time);
        CREATE TABLE tags (
            run_id TEXT NOT NULL REFERENCES runs,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            UNIQUE (run_id, key)
        );
        CREATE TABLE params (
            run_id TEXT NOT NULL REFERENCES runs,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            UNIQUE (run_id, key)
        );
        CREATE TABLE metrics (
            run_id TEXT NOT NULL REFERENCES runs,
            key TEXT NOT NULL,
            timestamp INTEGER NOT NULL,
            step INTEGER NOT NULL,
            value REAL NOT NULL,
            is_nan INTEGER NOT NULL,
            PRIMARY KEY (run_id, key, timestamp, step, value, is_nan)
        ) WITHOUT ROWID;
        CREATE TABLE latest_metrics (
            run_id TEXT NOT NULL REFERENCES runs,
            key TEXT NOT NULL,
            timestamp INTEGER NOT NULL,
            step INTEGER NOT NULL,
            value REAL NOT NULL,
            is_nan INTEGER NOT NULL,
            UNIQUE (run_id, key)
        );
        CREATE TABLE datasets (
            dataset_id INTEGER PRIMARY KEY,
            experiment_id INTEGER NOT NULL REFERENCES experiments,
            name TEXT NOT NULL,
            digest TEXT NOT NULL,
            source_type TEXT NOT NULL,
            source TEXT NOT NULL,
            schema TEXT,
            profile TEXT,
            UNIQUE (experiment_id, name, digest)
        );
        CREATE TABLE inputs (
            run_id TEXT NOT NULL REFERENCES runs,
            dataset_id INTEGER NOT NULL REFERENCES datasets,
            UNIQUE (run_id, dataset_id)
        );
        CREATE TABLE input_tags (
            run_id TEXT NOT NULL,
            dataset_id INTEGER NOT NULL,
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            FOREIGN KEY (run_id, dataset_id) REFERENCES inputs (run_id, dataset_id)
        );
        CREATE INDEX tags_of_input ON input_tags (run_id, dataset_id);
        CREATE TABLE outputs (
            run_id TEXT NOT NULL REFERENCES runs,
            model_id TEXT NOT NULL,
            step INTEGER NOT NULL,
            UNIQUE (run_id, model_id, step)
        );
        """;

    /// <summary>Registered models with their versions, and the models that runs logged.</summary>
    public const string Registry = """
        CREATE TABLE registered_models (
            name TEXT NOT NULL PRIMARY KEY,
            description TEXT,
            creation_time INTEGER NOT NULL,
            last_updated_time INTEGER NOT NULL
        );
        CREATE TABLE registered_model_tags (
            name TEXT NOT NULL REFERENCES registered_models ON UPDATE CASCADE ON DELETE CASCADE,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            UNIQUE (name, key)
        );
        CREATE TABLE registered_model_aliases (
            name TEXT NOT NULL REFERENCES registered_models ON UPDATE CASCADE ON DELETE CASCADE,
            alias TEXT NOT NULL,
            version INTEGER NOT NULL,
            UNIQUE (name, alias)
        );
        CREATE TABLE model_versions (
            name TEXT NOT NULL REFERENCES registered_models ON UPDATE CASCADE ON DELETE CASCADE,
            version INTEGER NOT NULL,
            description TEXT,
            current_stage TEXT NOT NULL,
            source TEXT NOT NULL,
            run_id TEXT NOT NULL,
            run_link TEXT NOT NULL,
            model_id TEXT NOT NULL,
            creation_time INTEGER NOT NULL,
            last_updated_time INTEGER NOT NULL,
            PRIMARY KEY (name, version)
        );
        CREATE INDEX versions_of_run ON model_versions (run_id);
        CREATE TABLE model_version_tags (
            name TEXT NOT NULL,
            version INTEGER NOT NULL,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            UNIQUE (name, version, key),
            FOREIGN KEY (name, version) REFERENCES model_versions (name, version) ON UPDATE CASCADE ON DELETE CASCADE
        );
        CREATE TABLE logged_models (
            model_id TEXT NOT NULL PRIMARY KEY,
            experiment_id INTEGER NOT NULL REFERENCES experiments,
            name TEXT NOT NULL,
            model_type TEXT,
            source_run_id TEXT,
            artifact_uri TEXT NOT NULL,
            status TEXT NOT NULL,
            creation_time INTEGER NOT NULL,
            last_updated_time INTEGER NOT NULL
        );
        CREATE INDEX logged_models_of_experiment ON logged_models (experiment_id);
        CREATE TABLE model_inputs (
            run_id TEXT NOT NULL REFERENCES runs,
            model_id TEXT NOT NULL,
            UNIQUE (run_id, model_id)
        );
        CREATE TABLE logged_model_tags (
            model_id TEXT NOT NULL REFERENCES logged_models ON DELETE CASCADE,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            UNIQUE (model_id, key)
        );
        CREATE TABLE logged_model_params (
            model_id TEXT NOT NULL REFERENCES logged_models ON DELETE CASCADE,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            UNIQUE (model_id, key)
        );
        CREATE TABLE logged_model_metrics (
            model_id TEXT NOT NULL REFERENCES logged_models ON DELETE CASCADE,
            run_id TEXT NOT NULL,
            key TEXT NOT NULL,
            value REAL NOT NULL,
            is_nan INTEGER NOT NULL,
            timestamp INTEGER NOT NULL,
            step INTEGER NOT NULL,
            dataset_name TEXT,
            dataset_digest TEXT,
            UNIQUE (model_id, run_id, key, timestamp, step, value, is_nan)
        );
        """;

    /// <summary>Where a version's files are, which is not its source where that names another model (<c>models:/…</c>).</summary>
    public const string VersionFiles = """
        ALTER TABLE model_versions ADD COLUMN storage_location TEXT NOT NULL DEFAULT '';
        UPDATE model_versions SET storage_location = coalesce(
            (SELECT artifact_uri FROM logged_models WHERE source = 'models:/' || logged_models.model_id), source);
        """;
}
