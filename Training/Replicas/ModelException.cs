namespace OrleansTrain.Training.Replicas;

/// <summary>A task's model is one that cannot be trained here. The message names the task, the parameter and what to do.</summary>
public sealed class ModelException(string message) : Exception(message);
