namespace OrleansTrain.Exchange.Reduction;

/// <summary>What an addition reads or writes: an input of the program, or one of its registers (blocks of scratch memory).</summary>
internal readonly record struct Operand(bool IsSource, int Index)
{
    public static Operand Source(int index) => new(true, index);

    public static Operand Register(int index) => new(false, index);
}
