namespace OrleansTrain.Storage.S3;

/// <summary>What is to be uploaded cannot be read: no fault of the server, and sending it again would not mend it.</summary>
internal sealed class UnreadableContentException(Exception inner) : Exception($"the content cannot be read: {inner.Message.TrimEnd('.')}", inner);
