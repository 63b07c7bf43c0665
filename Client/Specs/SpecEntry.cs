namespace OrleansTrain.Client.Specs;

/// <summary>One key with its value as written, and where it was written, for messages.</summary>
/// <param name="Key">Canonical key: settings of the optimizer and the schedule without prefix, the task's own as <c>params.NAME</c>.</param>
/// <param name="Source"><c>--ranks</c>, <c>run.yaml line 3</c>, <c>default of task mnist</c>.</param>
internal sealed record SpecEntry(string Key, string Text, string Source);
