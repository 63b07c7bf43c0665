using OrleansTrain.Data.Schema;

namespace OrleansTrain.Data.Reading;

/// <summary>
/// One split of a dataset, listed once and cut into blocks: everything that is needed to read it, with versions pinned. Immutable.
/// </summary>
/// <param name="Name">The dataset's name.</param>
/// <param name="Digest">Changes whenever the data does.</param>
/// <param name="Schema">Columns as they are stored; null when only reading a block can tell.</param>
/// <param name="Blocks">The blocks in order.</param>
public sealed record DatasetCatalog(string Name, string Digest, RecordSchema? Schema, IReadOnlyList<CatalogBlock> Blocks);

/// <summary>One block: the unit that is fetched, decoded and kept. Immutable.</summary>
/// <param name="Records">Records in it, or -1 when only reading it can tell.</param>
/// <param name="Parts">The objects, or parts of objects, it is made of.</param>
public sealed record CatalogBlock(int Records, IReadOnlyList<ObjectPart> Parts);

/// <summary>A byte range of an object at one version. Immutable.</summary>
/// <param name="Key">Key in the store.</param>
/// <param name="ETag">Version it was listed with; empty when a checksum says more.</param>
/// <param name="Size">Bytes of the whole object.</param>
/// <param name="Offset">First byte that belongs to the block.</param>
/// <param name="Length">Bytes that belong to the block.</param>
/// <param name="Note">What the reader needs to know besides: a checksum, a label.</param>
public sealed record ObjectPart(string Key, string ETag, long Size, long Offset, long Length, string Note);
