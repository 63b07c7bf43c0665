namespace OrleansTrain.Training.Checkpoints;

/// <summary>One object of a checkpoint.</summary>
/// <param name="Name">Its name in the checkpoint's folder.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">64 lower-case hex digits.</param>
public sealed record CheckpointObject(string Name, long Size, string Sha256);
