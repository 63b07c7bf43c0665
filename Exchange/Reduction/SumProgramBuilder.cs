namespace OrleansTrain.Exchange.Reduction;

/// <summary>Collects additions and hands out registers, using one again once its value has been read.</summary>
internal sealed class SumProgramBuilder
{
    private readonly List<Addition> _additions = [];
    private readonly Stack<int> _free = new();
    private int _registers;

    public Operand Add(Operand left, Operand right)
    {
        Release(right);
        Release(left);
        var target = _free.Count > 0 ? _free.Pop() : _registers++;
        _additions.Add(new Addition(left, right, target));
        return Operand.Register(target);
    }

    public SumProgram Build(int sources, Operand result)
    {
        if (result.IsSource != (_additions.Count == 0) || (result.IsSource && result.Index != 0))
        {
            throw new ArgumentException("The node is not the sum of all the sources.");
        }

        return new SumProgram(sources, _registers, [.. _additions]);
    }

    private void Release(Operand operand)
    {
        if (!operand.IsSource)
        {
            _free.Push(operand.Index);
        }
    }
}
