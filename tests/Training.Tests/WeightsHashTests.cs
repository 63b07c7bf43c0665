using System.Security.Cryptography;
using static TorchSharp.torch;

namespace OrleansTrain.Training.Tests;

/// <summary>The hash that says whether two runs trained the same model.</summary>
public sealed class WeightsHashTests
{
    [Fact]
    public void IsTheShaOfTheBytesInOrdinalOrderOfTheNames()
    {
        // Ordinal: capitals before small letters, "10" before "2".
        var layout = ParameterLayout.Create([("b", [2]), ("layer.2", [3]), ("layer.10", [1]), ("B", [1, 2])]);
        using var flat = arange(layout.Length, dtype: float32);
        float[] expected = [.. Of("B"), .. Of("b"), .. Of("layer.10"), .. Of("layer.2")];

        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(expected.SelectMany(BitConverter.GetBytes).ToArray())),
            WeightsHash.Compute(layout, flat));

        IEnumerable<float> Of(string name)
        {
            var slot = layout.Slots.Single(slot => slot.Name == name);
            return Enumerable.Range((int)slot.Offset, (int)slot.Length).Select(i => (float)i);
        }
    }

    [Fact]
    public void PaddingDoesNotCount()
    {
        var layout = ParameterLayout.Create([("a", [3]), ("b", [2])]);
        using var flat = zeros(layout.Length);
        var before = WeightsHash.Compute(layout, flat);
        flat[5] = 1;
        Assert.Equal(before, WeightsHash.Compute(layout, flat));
        flat[17] = 1;
        Assert.NotEqual(before, WeightsHash.Compute(layout, flat));
    }

    [Fact]
    public void IsTheSameOfAModelAndOfItsFlatBuffer()
    {
        using var model = nn.Linear(5, 4);
        var layout = ParameterLayout.Create(model.named_parameters().Select(entry => (entry.name, entry.parameter.shape)));
        using var flat = zeros(layout.Length);
        using (no_grad())
        {
            foreach (var (slot, parameter) in layout.Slots.Zip(model.parameters()))
            {
                flat.narrow(0, slot.Offset, slot.Length).copy_(parameter.flatten());
            }
        }

        Assert.Equal(WeightsHash.Compute(model), WeightsHash.Compute(layout, flat));
    }
}
