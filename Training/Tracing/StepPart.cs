namespace OrleansTrain.Training.Tracing;

/// <summary>A part of a training step that a trace shows; parts may lie within others.</summary>
public enum StepPart : byte
{
    /// <summary>The whole step.</summary>
    Step,

    /// <summary>Waiting for the batch.</summary>
    DataWait,

    /// <summary>The model and its loss, until the loss is known.</summary>
    Forward,

    /// <summary>The backward pass.</summary>
    Backward,

    /// <summary>The gradient exchange and the update, all of it.</summary>
    Exchange,

    /// <summary>In the exchange: waiting for the other ranks of the silo.</summary>
    Gather,

    /// <summary>In the exchange: adding up the silo's gradients for the shards of others, and sending them.</summary>
    SendPartials,

    /// <summary>In the exchange: waiting for what other silos add to a chunk of this silo's shard.</summary>
    WaitPartials,

    /// <summary>In the exchange: the sum over all ranks and the optimizer, for one chunk.</summary>
    SumUpdate,

    /// <summary>In the exchange: sending a chunk of new parameters to the other silos.</summary>
    SendParameters,

    /// <summary>In the exchange: waiting for the new parameters of other silos' shards.</summary>
    WaitParameters,

    /// <summary>In the exchange: waiting until another rank of the silo says that all parameters are there.</summary>
    WaitCompletion,

    /// <summary>In the exchange: copying the parts of the gradients that other ranks of the silo add up, where reading them in place takes longer.</summary>
    StreamGradients,

    /// <summary>In a wait for others: freeing what the forward and backward pass have left behind.</summary>
    FreeTensors,

    /// <summary>In a wait for others: gathering the batches of the next steps.</summary>
    Prepare,
}
