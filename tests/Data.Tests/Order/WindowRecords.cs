using OrleansTrain.Data.Order;

namespace OrleansTrain.Data.Tests.Order;

internal static class WindowRecords
{
    public static SampleRef[] Window(this EpochOrder order, int window)
    {
        var samples = new SampleRef[order.Records(window)];
        order.Window(window, samples);
        return samples;
    }
}
