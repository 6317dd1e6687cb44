package dev.lifeline.commands;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// Cuts a COPY's data in the binary format into rows and fields.
///
/// The data begins with a signature, flags and the length of an extension of the header. A row is
/// the number of its fields (16 bits) and these, each with its length (32 bits) before it, -1 for
/// null. In place of a row's number of fields -1 tells that the data ends; it may be missing.
final class CopyBinaryReader implements CopyRows {
  /// What the data begins with, so that a file that was damaged as if it were text is found out.
  static final byte[] SIGNATURE = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', '\0'
  };

  private static final int HEADER_BYTES = SIGNATURE.length + 8;
  private static final int FLAG_OIDS = 1 << 16;
  private static final int FLAGS_CRITICAL = 0xFFFF0000;
  private static final int END = -1;
  private static final int NULL = -1;
  private static final int NOT_BEGUN = -1;

  private final int columns;

  /// What arrived and was not consumed, from the row that is being read: `data[start..end)`.
  private byte[] data = new byte[64 * 1024];

  private int start;
  private int end;

  /// Where the reading goes on, counted from `start`.
  private int position;

  private boolean finished;
  private boolean headerRead;
  private boolean endSeen;
  private long line;

  /// How many fields of the row have been found.
  private int found = NOT_BEGUN;

  /// The fields, from `start` on; a length of -1 is null.
  private final int[] offset;

  private final int[] length;

  /// @param columns how many fields a row must have
  CopyBinaryReader(int columns) {
    this.columns = columns;
    this.offset = new int[columns];
    this.length = new int[columns];
  }

  @Override
  public void feed(Buffer piece) {
    int more = piece.length();
    if (end + more > data.length) {
      data = CopyReader.moved(data, start, end, more);
      end -= start;
      start = 0;
    }
    piece.getBytes(0, more, data, end);
    end += more;
  }

  @Override
  public void finish() {
    finished = true;
  }

  /// Finds the next row. False when the data so far has no complete one; after [#finish], when
  /// there is none at all.
  boolean next() {
    if (found == columns) {
      start += position;
      position = 0;
      found = NOT_BEGUN;
    }
    if (!headerRead && !readHeader()) {
      return false;
    }
    return !ended() && (found != NOT_BEGUN || beginRow()) && readFields();
  }

  private boolean ended() {
    if (endSeen && has(1)) {
      throw malformed("received copy data after EOF marker");
    }
    return endSeen;
  }

  private boolean has(int bytes) {
    return end - start - position >= bytes;
  }

  private int int32() {
    int value = ByteBuffer.wrap(data).getInt(start + position);
    position += 4;
    return value;
  }

  private boolean readHeader() {
    if (!has(HEADER_BYTES) && !finished) {
      return false;
    }
    int there = Math.min(end - start, SIGNATURE.length);
    if (!Arrays.equals(data, start, start + there, SIGNATURE, 0, SIGNATURE.length)) {
      throw malformed("COPY file signature not recognized");
    }
    position = SIGNATURE.length;
    if (!has(4)) {
      throw malformed("invalid COPY file header (missing flags)");
    }
    int flags = int32();
    if ((flags & FLAG_OIDS) != 0) {
      throw malformed("invalid COPY file header (WITH OIDS)");
    }
    if ((flags & FLAGS_CRITICAL) != 0) {
      throw malformed("unrecognized critical flags in COPY file header");
    }
    int extension = has(4) ? int32() : -1;
    if (extension < 0) {
      throw malformed("invalid COPY file header (missing length)");
    }
    if (!has(extension)) {
      if (finished) {
        throw malformed("invalid COPY file header (wrong length)");
      }
      position = 0;
      return false;
    }
    start += position + extension;
    position = 0;
    headerRead = true;
    return true;
  }

  private boolean beginRow() {
    if (!has(2)) {
      return false;
    }
    line++;
    int fields = ByteBuffer.wrap(data).getShort(start);
    position = 2;
    if (fields == END) {
      endSeen = true;
      return !ended();
    }
    if (fields != columns) {
      throw malformed("row field count is %d, expected %d", fields, columns);
    }
    found = 0;
    return true;
  }

  private boolean readFields() {
    while (found < columns) {
      int before = position;
      if (!has(4)) {
        return more(before);
      }
      int size = int32();
      if (size < NULL) {
        throw malformed("invalid field size");
      }
      int bytes = Math.max(size, 0);
      if (!has(bytes)) {
        return more(before);
      }
      offset[found] = position;
      length[found] = size;
      position += bytes;
      found++;
    }
    return true;
  }

  /// The field that begins there is not complete.
  private boolean more(int fieldStart) {
    if (finished) {
      throw malformed("unexpected EOF in COPY data");
    }
    position = fieldStart;
    return false;
  }

  private static PgException malformed(String message, Object... args) {
    return PgException.error(SqlState.BAD_COPY_FILE_FORMAT, message, args);
  }

  /// The field that is being read, or -1 outside of the fields.
  int currentField() {
    return found < columns ? found : -1;
  }

  @Override
  public long line() {
    return line;
  }

  @Override
  public int rowLength() {
    return position;
  }

  @Override
  public boolean fieldIsNull(int i) {
    return length[i] == NULL;
  }

  @Override
  public byte[] fields() {
    return data;
  }

  @Override
  public int fieldOffset(int i) {
    return start + offset[i];
  }

  @Override
  public int fieldLength(int i) {
    return length[i];
  }
}
