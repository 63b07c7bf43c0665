using System.Runtime.InteropServices;

namespace OrleansTrain.Exchange.SharedMemory;

/// <summary>A silo's control words in shared memory. Zero at first.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SiloControl
{
    /// <summary>What its threads sleep on; changed to wake them.</summary>
    public int Bell;

    /// <summary>How many of its threads sleep.</summary>
    public int Sleepers;

    /// <summary>What its ranks ask for in even and in odd steps.</summary>
    public int EvenRequests;

    /// <summary>What its ranks ask for in odd steps.</summary>
    public int OddRequests;

    /// <summary>1 once it has put the initial parameters into the segment.</summary>
    public long HasParameters;
}
