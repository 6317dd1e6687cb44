package dev.lifeline.storage.file;

import io.vertx.core.Future;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/// A data directory, as the storage sees it. Paths are relative to it and use `/`.
///
/// Nothing here blocks the caller. A future fails with a [dev.lifeline.utils.error.PgException]
/// that has PostgreSQL's message and SQLSTATE (`58P01` no such file, `53100` disk full, `58030` any
/// other I/O error), and completes on the event loop of the caller, or, for [#dedicated()], on a
/// thread of the disk.
///
/// Formally, what was written survives a loss of power only after [DiskFile#sync()], and a created,
/// renamed or deleted name only after [#syncDirectory(String)] of its directory.
///
/// A disk belongs to one generation of shared memory. [#abandon()] fences it: an operation that the
/// old generation still tries afterwards fails and touches nothing.
public interface Disk {
  /// Opens an existing file for reading and writing.
  Future<DiskFile> open(String path);

  /// Opens a file, making it empty when it is missing.
  Future<DiskFile> create(String path);

  Future<Boolean> exists(String path);

  /// All that is in a small file.
  default Future<byte[]> contents(String path) {
    return open(path)
        .compose(file ->
            file.size()
                .compose(size -> {
                  byte[] bytes = new byte[Math.toIntExact(size)];
                  return file.read(MemorySegment.ofArray(bytes), 0)
                      .map(length -> length == bytes.length ? bytes : Arrays.copyOf(bytes, length));
                })
                .eventually(file::close));
  }

  /// The names in a directory, sorted; empty when there is no such directory.
  Future<List<String>> list(String directory);

  /// Makes a directory and those above it; one that exists is fine.
  Future<Void> createDirectory(String directory);

  /// Deletes a file or an empty directory; a missing one is fine, because redo repeats deletions.
  Future<Void> delete(String path);

  /// Gives the file another name, replacing what had it, atomically.
  Future<Void> rename(String from, String to);

  /// Makes the names in a directory durable.
  Future<Void> syncDirectory(String directory);

  /// The same files, through a thread that does nothing else and on which the futures complete: for
  /// the WAL, whose next flush must not wait until some busy event loop gets round to it.
  Disk dedicated();

  /// Refuses everything from now on; completes when what was under way has ended.
  Future<Void> abandon();
}
