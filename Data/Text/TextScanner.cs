namespace OrleansTrain.Data.Text;

/// <summary>A run of whole records within a text object.</summary>
/// <param name="Offset">First byte.</param>
/// <param name="Length">Bytes.</param>
/// <param name="FirstRecord">Number of its first record in the object.</param>
/// <param name="Records">Records in it.</param>
internal sealed record TextRun(long Offset, long Length, long FirstRecord, int Records);

/// <summary>
/// Cuts a text object into runs of whole records, reading it once from the front in bounded memory. A record ends at a line feed, but not
/// within a quoted field (RFC 4180: a quotation mark at the start of a field opens one, a doubled one does not close it). Blank lines are no records.
/// </summary>
internal static class TextScanner
{
    private const int BufferBytes = 1 << 18;

    /// <param name="delimiter">Between fields; null: there are no quoted fields.</param>
    /// <param name="header">Records at the front that belong to no run.</param>
    public static async Task<List<TextRun>> Scan(Stream stream, char? delimiter, int header, int runBytes, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferBytes];
        var state = new State(delimiter, header, runBytes);
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            state.Take(buffer.AsSpan(0, read));
        }

        return state.Finish();
    }

    /// <summary>Where the last record that is whole ends in the front of a text, and how many there are up to there.</summary>
    public static (int End, int Records) Whole(ReadOnlySpan<byte> front, char? delimiter)
    {
        var state = new State(delimiter, 0, int.MaxValue);
        state.Take(front);
        return state.Whole;
    }

    private sealed class State(char? delimiter, int header, int runBytes)
    {
        private readonly List<TextRun> _runs = [];
        private readonly byte _delimiter = (byte)(delimiter ?? '\n');
        private readonly byte _special = (byte)(delimiter is null ? '\n' : '"');
        private byte _before = (byte)'\n';
        private long _position, _start, _first;
        private int _headerLeft = header;
        private int _records;
        private bool _quoted, _content;

        /// <summary>Behind the last line feed that ended a record, and the records up to there, as long as there was one run.</summary>
        public (int End, int Records) Whole { get; private set; }

        public void Take(ReadOnlySpan<byte> bytes)
        {
            var done = 0;
            while (done < bytes.Length)
            {
                var next = bytes[done..].IndexOfAny((byte)'\n', _special);
                var skipped = next < 0 ? bytes[done..] : bytes.Slice(done, next);
                _content |= (delimiter is null ? skipped.ContainsAnyExcept((byte)'\r', (byte)' ', (byte)'\t') : skipped.ContainsAnyExcept((byte)'\r'));
                _before = skipped.Length > 0 ? skipped[^1] : _before;
                if (next < 0)
                {
                    break;
                }

                done += next + 1;
                if (bytes[done - 1] != '\n')
                {
                    // Closed by any mark; opened by one at the start of a field, or again by the second one of a doubled pair.
                    var opens = !_quoted && (_before is (byte)'\n' or (byte)'"' || _before == _delimiter);
                    var stray = !_quoted && !opens;
                    (_quoted, _content, _before) = (opens, true, stray ? (byte)'x' : (byte)'"');
                    continue;
                }

                if (!_quoted)
                {
                    EndLine(_position + done);
                }

                _before = (byte)'\n';
            }

            _position += bytes.Length;
        }

        public List<TextRun> Finish()
        {
            EndLine(_position);
            Close(_position);
            return _runs;
        }

        private void EndLine(long end)
        {
            if (_content && _headerLeft > 0)
            {
                _headerLeft--;
                _start = end;
            }
            else if (_content)
            {
                _records++;
                Whole = ((int)end, _records);
                if (end - _start >= runBytes)
                {
                    Close(end);
                }
            }

            _content = false;
        }

        private void Close(long end)
        {
            if (_records > 0)
            {
                _runs.Add(new TextRun(_start, end - _start, _first, _records));
                _first += _records;
                _records = 0;
            }

            _start = end;
        }
    }
}
