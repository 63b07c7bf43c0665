using System.Runtime.InteropServices;
using OrleansTrain.Data.Schema;
using Parquet;
using Parquet.Data;
using Parquet.Schema;

namespace OrleansTrain.Data.Parquet;

/// <summary>Reads columns of a row group whole.</summary>
internal static class ParquetColumns
{
    /// <param name="incomplete">Whether values are missing somewhere in the split: whole numbers, which cannot say so, become float64 then.</param>
    /// <exception cref="DatasetException">The column's type is none that can be trained on.</exception>
    public static async Task<ParquetColumn> Read(ParquetRowGroupReader rows, string name, DataField field, string file, bool incomplete, CancellationToken cancellationToken)
    {
        if ((field.ClrType == typeof(string) || field.ClrType == typeof(ReadOnlyMemory<char>)) && field.MaxRepetitionLevel == 0)
        {
            var texts = new string[rows.RowCount];
            await rows.ReadAsync(field, texts, null, cancellationToken);
            return new ParquetColumn.Strings(name, texts);
        }

        if ((field.ClrType == typeof(byte[]) || field.ClrType == typeof(ReadOnlyMemory<byte>)) && field.MaxRepetitionLevel == 0)
        {
            var binaries = new byte[rows.RowCount][];
            await rows.ReadAsync(field, binaries, null, cancellationToken);
            return new ParquetColumn.Binaries(name, binaries);
        }

        using var raw = await rows.ReadRawColumnDataBaseAsync(field, cancellationToken);
        return raw switch
        {
            RawColumnData<bool> data when incomplete => Doubles(name, data, field, value => value ? 1 : 0),
            RawColumnData<byte> data when incomplete => Doubles(name, data, field, value => value),
            RawColumnData<sbyte> data when incomplete => Doubles(name, data, field, value => value),
            RawColumnData<short> data when incomplete => Doubles(name, data, field, value => value),
            RawColumnData<ushort> data when incomplete => Doubles(name, data, field, value => value),
            RawColumnData<int> data when incomplete => Doubles(name, data, field, value => value),
            RawColumnData<uint> data when incomplete => Doubles(name, data, field, value => value),
            RawColumnData<long> data when incomplete => Doubles(name, data, field, value => value),
            RawColumnData<bool> data => Numbers(name, ElementType.UInt8, data, field, value => (byte)(value ? 1 : 0), (byte)0),
            RawColumnData<byte> data => Numbers(name, ElementType.UInt8, data, field, value => value, (byte)0),
            RawColumnData<sbyte> data => Numbers(name, ElementType.Int8, data, field, value => value, (sbyte)0),
            RawColumnData<short> data => Numbers(name, ElementType.Int16, data, field, value => value, (short)0),
            RawColumnData<ushort> data => Numbers(name, ElementType.Int32, data, field, value => (int)value, 0),
            RawColumnData<int> data => Numbers(name, ElementType.Int32, data, field, value => value, 0),
            RawColumnData<uint> data => Numbers(name, ElementType.Int64, data, field, value => (long)value, 0L),
            RawColumnData<long> data => Numbers(name, ElementType.Int64, data, field, value => value, 0L),
            RawColumnData<float> data => Numbers(name, ElementType.Float32, data, field, value => value, float.NaN),
            RawColumnData<double> data => Numbers(name, ElementType.Float64, data, field, value => value, double.NaN),
            RawColumnData<decimal> data => Numbers(name, ElementType.Float64, data, field, value => (double)value, double.NaN),
            _ => throw new DatasetException($"{file}: column '{name}' is {field.ClrType.Name}: choose the columns to read, without this one."),
        };
    }

    private static ParquetColumn.Numbers Doubles<TStored>(string name, RawColumnData<TStored> data, DataField field, Func<TStored, double> convert)
        where TStored : unmanaged => Numbers(name, ElementType.Float64, data, field, convert, double.NaN);

    private static ParquetColumn.Numbers Numbers<TStored, T>(
        string name, ElementType type, RawColumnData<TStored> data, DataField field, Func<TStored, T> convert, T missing)
        where TStored : unmanaged
        where T : unmanaged
    {
        var values = data.Values;
        var repetitions = field.MaxRepetitionLevel > 0 ? data.RepetitionLevels : [];
        var definitions = field.MaxDefinitionLevel > 0 ? data.DefinitionLevels : [];
        var slots = definitions.Length > 0 ? definitions.Length : values.Length;
        var numbers = new T[slots];
        var shapes = new RowShapes(field.MaxRepetitionLevel);
        for (int slot = 0, next = 0; slot < slots; slot++)
        {
            var there = definitions.Length == 0 || definitions[slot] == field.MaxDefinitionLevel;
            numbers[slot] = there ? convert(values[next++]) : missing;
            shapes.Add(repetitions.Length > 0 ? repetitions[slot] : 0, there);
        }

        return new ParquetColumn.Numbers(name, type, MemoryMarshal.AsBytes(numbers.AsSpan()).ToArray(), shapes.Finish());
    }

    /// <summary>
    /// Turns repetition levels into shapes. A value of level 0 starts a row, one of level r goes on with the r-th list: if all lists of a row
    /// are as long, the row is an array.
    /// </summary>
    private sealed class RowShapes(int depth)
    {
        private readonly List<RowShape> _rows = [];
        private readonly int[] _lengths = new int[depth];
        private readonly int[] _expected = new int[depth];
        private int _first, _count;
        private bool _ragged, _missing;

        public void Add(int level, bool there)
        {
            if (level == 0)
            {
                Close(0);
                EndRow();
            }
            else
            {
                Close(level);
                _lengths[level - 1]++;
            }

            _missing |= !there;
            _count++;
        }

        public List<RowShape> Finish()
        {
            Close(0);
            EndRow();
            return _rows;
        }

        // Lists deeper than the level end here; each counts its elements less one, since the first one came with its parent's.
        private void Close(int level)
        {
            for (var list = level; list < depth && _count > 0; list++)
            {
                _ragged |= _expected[list] != 0 && _expected[list] != _lengths[list] + 1;
                _expected[list] = _lengths[list] + 1;
                _lengths[list] = 0;
            }
        }

        private void EndRow()
        {
            if (_count > 0)
            {
                _rows.Add(new RowShape(_first, _count, _ragged ? null : [.. _expected], _missing));
            }

            _first += _count;
            (_count, _ragged, _missing) = (0, false, false);
            Array.Clear(_expected);
        }
    }
}
