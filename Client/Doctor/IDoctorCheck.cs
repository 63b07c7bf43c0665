namespace OrleansTrain.Client.Doctor;

/// <summary>Looks at one thing that training needs.</summary>
internal interface IDoctorCheck
{
    /// <summary>What it looks at, for the case that it does not return in time.</summary>
    string Subject { get; }

    /// <summary>Never throws for what can be wrong with its subject: that is a finding.</summary>
    Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken);
}
