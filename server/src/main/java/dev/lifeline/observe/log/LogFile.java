package dev.lifeline.observe.log;

import java.util.Comparator;

/// A file of the server's log folder, as `pg_ls_logdir()` lists it.
///
/// @param modified seconds since the epoch: the server tells no more
public record LogFile(String name, long size, long modified) {
  /// The order that a server writes them in.
  public static final Comparator<LogFile> IN_TIME =
      Comparator.comparingLong(LogFile::modified).thenComparing(LogFile::name);
}
