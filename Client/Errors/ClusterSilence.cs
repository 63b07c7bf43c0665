namespace OrleansTrain.Client.Errors;

/// <summary>Errors of calls to grains that say nothing but that no answer came: asked again, another silo may give one.</summary>
internal static class ClusterSilence
{
    /// <summary>Whether it is one.</summary>
    public static bool Is(Exception error) => error is OrleansException or TimeoutException;

    /// <summary>Its message, without what Orleans puts behind it: inner exceptions and their stacks, and the message that got no answer.</summary>
    public static string Reason(Exception error) => Output.OneLine.Of(error.Message.Split([" ---> ", " for message: "], 2, StringSplitOptions.None)[0]);
}
