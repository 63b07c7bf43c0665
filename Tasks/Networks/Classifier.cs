using OrleansTrain.Data;
using OrleansTrain.Training;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace OrleansTrain.Tasks.Networks;

/// <summary>Loss and metrics of networks that answer with log-probabilities of classes.</summary>
internal static class Classifier
{
    /// <summary>Mean negative log-likelihood of a batch.</summary>
    public static Tensor Loss(nn.Module model, Batch batch) =>
        functional.nll_loss(((Module<Tensor, Tensor>)model).forward(batch.Inputs), batch.Targets);

    /// <summary>Adds a batch to <c>loss</c> and <c>accuracy</c>.</summary>
    public static void Evaluate(nn.Module model, Batch batch, MetricSums sums)
    {
        var output = ((Module<Tensor, Tensor>)model).forward(batch.Inputs);
        var loss = functional.nll_loss(output, batch.Targets);
        var correct = output.argmax(1).eq(batch.Targets).sum();
        sums.Add("loss", loss.cpu().item<float>(), batch.Count);
        sums.Add("accuracy", correct.cpu().item<long>() / (double)batch.Count, batch.Count);
    }
}
