namespace OrleansTrain.Tracking;

/// <summary>What MLflow accepts (mlflow/utils/validation.py).</summary>
public static class MlflowLimits
{
    /// <summary>Metrics in one log-batch request.</summary>
    public const int MetricsPerBatch = 1000;

    /// <summary>Params in one log-batch request.</summary>
    public const int ParamsPerBatch = 100;

    /// <summary>Tags in one log-batch request.</summary>
    public const int TagsPerBatch = 100;

    /// <summary>Metrics, params and tags together in one log-batch request.</summary>
    public const int ItemsPerBatch = 1000;

    /// <summary>Bytes of one log-batch request.</summary>
    public const int BytesPerBatch = 1_000_000;

    /// <summary>Characters of a key.</summary>
    public const int KeyLength = 250;

    /// <summary>Characters of a param's value.</summary>
    public const int ParamLength = 6000;

    /// <summary>Characters of a tag's value.</summary>
    public const int TagLength = 8000;
}
