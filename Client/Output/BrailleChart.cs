namespace OrleansTrain.Client.Output;

/// <summary>A line chart of text: each character is a braille cell of two by four dots. (Spectre.Console has none.)</summary>
internal static class BrailleChart
{
    private const int DotsAcross = 2;
    private const int DotsDown = 4;
    private const int LabelWidth = 10;
    private const char Blank = '\u2800';

    // Bits of the dots of a cell, by row and column: Unicode, block "Braille Patterns".
    private static readonly int[,] Bits = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } };

    /// <param name="points">Finite, in order of x.</param>
    /// <param name="width">Characters of the plot; the axis labels come besides.</param>
    /// <returns>The lines, from the top.</returns>
    public static IReadOnlyList<string> Draw(IReadOnlyList<(double X, double Y)> points, int width, int height)
    {
        var (left, right) = (points.Min(point => point.X), points.Max(point => point.X));
        var (bottom, top) = (points.Min(point => point.Y), points.Max(point => point.Y));
        var cells = new int[height, width];
        var dots = points.Select(point => (
            Column: Scale(point.X, left, right, (width * DotsAcross) - 1),
            Row: (height * DotsDown) - 1 - Scale(point.Y, bottom, top, (height * DotsDown) - 1))).ToList();
        for (var i = 0; i < dots.Count; i++)
        {
            DrawLine(cells, dots[Math.Max(0, i - 1)], dots[i]);
        }

        return [.. Label(cells, bottom, top), $"{new string(' ', LabelWidth)} {Axis(left, right, width)}"];
    }

    private static IEnumerable<string> Label(int[,] cells, double bottom, double top)
    {
        var height = cells.GetLength(0);
        for (var row = 0; row < height; row++)
        {
            var label = row == 0 ? Numbers.Metric(top) : row == height - 1 ? Numbers.Metric(bottom) : "";
            var plot = Enumerable.Range(0, cells.GetLength(1)).Select(column => (char)(Blank + cells[row, column]));
            yield return $"{label,LabelWidth}┤{string.Concat(plot)}";
        }
    }

    private static string Axis(double left, double right, int width)
    {
        var (first, last) = (Numbers.Metric(left), Numbers.Metric(right));
        return first + last.PadLeft(Math.Max(1, width - first.Length));
    }

    private static int Scale(double value, double from, double to, int largest) =>
        to > from ? (int)Math.Round((value - from) / (to - from) * largest) : largest / 2;

    private static void DrawLine(int[,] cells, (int Column, int Row) from, (int Column, int Row) to)
    {
        var length = Math.Max(1, Math.Max(Math.Abs(to.Column - from.Column), Math.Abs(to.Row - from.Row)));
        for (var i = 0; i <= length; i++)
        {
            var column = from.Column + ((to.Column - from.Column) * i / length);
            var row = from.Row + ((to.Row - from.Row) * i / length);
            cells[row / DotsDown, column / DotsAcross] |= Bits[row % DotsDown, column % DotsAcross];
        }
    }
}
