using CsCheck;
using OrleansTrain.Exchange.Reduction;

namespace OrleansTrain.Exchange.Tests.Reduction;

public sealed class ReductionTreeTests
{
    /// <summary>A placement: which silo each rank is on.</summary>
    private static readonly Gen<int[]> Placements = Gen.Int[0, 4].Array[1, 40];

    [Fact]
    public void TheSumOfFiveRanksIsTheOneWrittenDown()
    {
        var tree = new ReductionTree(5);

        Assert.Equal("(((0+1)+(2+3))+4)", Write(tree, [0, 1, 2, 3, 4]));
    }

    [Fact]
    public void TheSumOfSevenRanksIsTheOneWrittenDown() =>
        Assert.Equal("(((0+1)+(2+3))+((4+5)+6))", Write(new ReductionTree(7), [0, 1, 2, 3, 4, 5, 6]));

    [Fact]
    public void EveryPlacementGivesTheSameExpression() =>
        Placements.Sample(silos =>
        {
            var tree = new ReductionTree(silos.Length);
            var leaves = new List<TreeNode>();
            var texts = new List<string>();
            foreach (var silo in silos.Distinct())
            {
                foreach (var node in tree.Cover(Enumerable.Range(0, silos.Length).Where(rank => silos[rank] == silo)))
                {
                    leaves.Add(node);
                    texts.Add(Write(tree, node));
                }
            }

            var all = Enumerable.Range(0, silos.Length).ToArray();
            Assert.Equal(Write(tree, all), Evaluate(tree.Compile(tree.Root, leaves), texts));
        });

    [Fact]
    public void ACoverHoldsEachRankOnceAndNoForeignOne() =>
        Placements.Sample(silos =>
        {
            var tree = new ReductionTree(silos.Length);
            var mine = Enumerable.Range(0, silos.Length).Where(rank => silos[rank] == silos[0]).ToList();
            var covered = tree.Cover(mine).SelectMany(node => Ranks(node, silos.Length)).ToList();

            Assert.Equal(mine, covered);
        });

    [Theory]
    [InlineData(8, 0, 4, 1)]
    [InlineData(8, 4, 4, 1)]
    [InlineData(8, 0, 8, 1)]
    [InlineData(6, 4, 2, 1)]
    [InlineData(7, 4, 3, 1)]
    [InlineData(8, 1, 3, 2)]
    [InlineData(8, 3, 3, 2)]
    public void AlignedBlocksOfRanksSendOnePartialSum(int worldSize, int first, int count, int nodes) =>
        Assert.Equal(nodes, new ReductionTree(worldSize).Cover(Enumerable.Range(first, count)).Count);

    [Fact]
    public void RegistersStayFewForManyRanks()
    {
        var tree = new ReductionTree(1000);

        var program = tree.Compile(tree.Root, [.. Enumerable.Range(0, 1000).Select(rank => new TreeNode(rank, 0))]);

        Assert.InRange(program.Registers, 1, 10);
        Assert.Equal(999, program.Additions.Count);
    }

    [Fact]
    public void AMissingRankIsNamed()
    {
        var tree = new ReductionTree(3);

        var error = Assert.Throws<ArgumentException>(() => tree.Compile(tree.Root, [new TreeNode(0, 0), new TreeNode(2, 0)]));

        Assert.Contains("rank 1", error.Message, StringComparison.Ordinal);
    }

    private static string Write(ReductionTree tree, int[] ranks) =>
        Evaluate(tree.Compile(tree.Root, [.. ranks.Select(rank => new TreeNode(rank, 0))]), [.. ranks.Select(rank => $"{rank}")]);

    private static string Write(ReductionTree tree, TreeNode node)
    {
        var ranks = Ranks(node, tree.WorldSize).ToList();
        return Evaluate(tree.Compile(node, [.. ranks.Select(rank => new TreeNode(rank, 0))]), [.. ranks.Select(rank => $"{rank}")]);
    }

    private static IEnumerable<int> Ranks(TreeNode node, int worldSize) =>
        Enumerable.Range(node.Start, Math.Min(node.Start + node.Span, worldSize) - node.Start);

    private static string Evaluate(SumProgram program, List<string> sources)
    {
        if (program.IsCopy)
        {
            return Assert.Single(sources);
        }

        var registers = new string[program.Registers];
        var last = "";
        foreach (var addition in program.Additions)
        {
            last = registers[addition.Target] = $"({Value(addition.Left)}+{Value(addition.Right)})";
        }

        return last;

        string Value(Operand operand) => operand.IsSource ? sources[operand.Index] : registers[operand.Index];
    }
}
