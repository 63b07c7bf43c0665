using OrleansTrain.Grains.Abstractions.Runs;
using ScottPlot;

namespace OrleansTrain.Grains.Runs;

/// <summary>The training loss by epoch, as a PNG.</summary>
internal static class LossCurve
{
    /// <summary>An image of 800 by 500 pixels; null when there is no finished epoch.</summary>
    public static byte[]? Draw(string title, IReadOnlyList<EpochSummary> epochs)
    {
        if (epochs.Count == 0)
        {
            return null;
        }

        using var plot = new Plot();
        AddCurve(plot, epochs, "training_loss");
        AddCurve(plot, epochs, "validation_loss");
        plot.Title(title);
        plot.XLabel("epoch");
        plot.YLabel("loss");
        plot.Axes.SetLimitsX(0.5, epochs.Count + 0.5);
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { IntegerTicksOnly = true };
        plot.ShowLegend();
        return plot.GetImageBytes(800, 500, ImageFormat.Png);
    }

    private static void AddCurve(Plot plot, IReadOnlyList<EpochSummary> epochs, string metric)
    {
        var points = epochs.Where(epoch => epoch.Metrics.ContainsKey(metric)).ToList();
        if (points.Count > 0)
        {
            var curve = plot.Add.Scatter(points.Select(point => (double)point.Epoch).ToArray(), points.Select(point => point.Metrics[metric]).ToArray());
            curve.LegendText = metric;
            curve.LineWidth = 2;
        }
    }
}
