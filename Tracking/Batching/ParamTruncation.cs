namespace OrleansTrain.Tracking.Batching;

/// <summary>Cuts params that MLflow would cut silently, so that a reader sees that something is missing.</summary>
internal static class ParamTruncation
{
    private const char Ellipsis = '…';

    /// <param name="onCut">Told key, characters found and characters kept.</param>
    public static MlflowBatch Apply(MlflowBatch batch, Action<string, int, int> onCut) =>
        batch.Params.All(static param => param.Value.Length <= MlflowLimits.ParamLength)
            ? batch
            : batch with { Params = [.. batch.Params.Select(param => Cut(param, onCut))] };

    private static MlflowParam Cut(MlflowParam param, Action<string, int, int> onCut)
    {
        if (param.Value.Length <= MlflowLimits.ParamLength)
        {
            return param;
        }

        onCut(param.Key, param.Value.Length, MlflowLimits.ParamLength);
        var end = MlflowLimits.ParamLength - 1;
        if (char.IsHighSurrogate(param.Value[end - 1]))
        {
            end--;
        }

        return param with { Value = param.Value[..end] + Ellipsis };
    }
}
