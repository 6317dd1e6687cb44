package dev.lifeline.events.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/// Splits a file into lines without copying them. The file may grow meanwhile: a scan that has come
/// to its end goes on when [#next] is asked again.
final class LineScanner implements Closeable {
  private static final int READ_BYTES = 256 << 10;

  private final FileChannel channel;
  private byte[] buffer;

  /// Where the bytes up to `end` came from: the offset of `buffer[0]` in the file.
  private long base;

  private int from;
  private int to;
  private int end;
  private int rest;

  /// @param offset where a line begins
  LineScanner(Path file, long offset) throws IOException {
    this(file, offset, READ_BYTES);
  }

  /// @param readBytes how much is read at a time
  LineScanner(Path file, long offset, int readBytes) throws IOException {
    channel = FileChannel.open(file, StandardOpenOption.READ);
    buffer = new byte[readBytes];
    base = offset;
  }

  /// Steps to the next whole line; false when there is none, or none yet.
  boolean next() throws IOException {
    int searched = rest;
    while (true) {
      for (int i = searched; i < end; i++) {
        if (buffer[i] == '\n') {
          from = rest;
          to = i;
          rest = i + 1;
          return true;
        }
      }
      searched = end - rest;
      if (!fill()) {
        return false;
      }
      searched += rest;
    }
  }

  /// The bytes of the line that [#next] stepped to are `buffer()[from()..to())`, without the line
  /// feed, until the next step.
  byte[] buffer() {
    return buffer;
  }

  int from() {
    return from;
  }

  int to() {
    return to;
  }

  /// Where the line that [#next] stepped to begins in the file.
  long offset() {
    return base + from;
  }

  /// Where the part begins that is not a whole line yet.
  long restOffset() {
    return base + rest;
  }

  /// How long the file is by now.
  long size() throws IOException {
    return channel.size();
  }

  private boolean fill() throws IOException {
    if (rest > 0) {
      System.arraycopy(buffer, rest, buffer, 0, end - rest);
      base += rest;
      end -= rest;
      rest = 0;
    }
    if (end == buffer.length) {
      buffer = Arrays.copyOf(buffer, 2 * buffer.length);
    }
    int read = channel.read(ByteBuffer.wrap(buffer, end, buffer.length - end), base + end);
    if (read <= 0) {
      return false;
    }
    end += read;
    return true;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
