namespace OrleansTrain.Training;

/// <summary>Which optimizer and its settings, as in <c>torch.optim</c>. Immutable.</summary>
/// <param name="Name"><c>sgd</c>, <c>adam</c>, <c>adamw</c> (fused), or another optimizer of TorchSharp: <c>rmsprop</c>, <c>adagrad</c>, <c>adadelta</c> …</param>
/// <param name="LearningRate">Base learning rate; the schedule gives the one of a step.</param>
/// <param name="Values">Settings by torch's names: <c>momentum</c>, <c>dampening</c>, <c>weight_decay</c>, <c>nesterov</c> (0 or 1), <c>beta1</c>, <c>beta2</c>, <c>eps</c>, <c>amsgrad</c> …; absent ones have torch's defaults.</param>
public sealed record OptimizerSettings(string Name, double LearningRate, IReadOnlyDictionary<string, double> Values);
