package dev.lifeline.storage.file;

import io.vertx.core.Future;
import java.lang.foreign.MemorySegment;
import java.util.function.IntConsumer;

/// An open file of a [Disk]. Operations on one file may run at the same time and in any order; who
/// needs an order waits. The memory belongs to the operation until its future completes.
public interface DiskFile {
  String path();

  /// Reads until the memory is full or the file ends; the number of bytes read.
  Future<Integer> read(MemorySegment into, long offset);

  /// As [#read(MemorySegment, long)], and has what was read looked at before the future completes,
  /// by the thread that read it where that is not the caller's: for what would hold up an event
  /// loop.
  ///
  /// @param look is given the number of bytes; touches nothing that the caller may use meanwhile
  default Future<Integer> read(MemorySegment into, long offset, IntConsumer look) {
    return read(into, offset)
        .map(bytes -> {
          look.accept(bytes);
          return bytes;
        });
  }

  /// Writes all of the memory; the file grows when needed, a gap reads as zeros.
  Future<Void> write(MemorySegment from, long offset);

  /// Makes everything that was written before this call durable, and the file's size. A failure
  /// means that it is unknown what is on the disk: the caller must panic, never try again.
  Future<Void> sync();

  Future<Long> size();

  Future<Void> truncate(long size);

  Future<Void> close();
}
