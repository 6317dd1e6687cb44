package dev.lifeline.access;

import dev.lifeline.access.transam.ControlData;
import dev.lifeline.access.transam.EngineFiles;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.utils.Clock;
import io.vertx.core.Future;

/// Makes the files of an empty cluster: directories, the first WAL segment with a shutdown
/// checkpoint, and the control file. The catalogs are made by the bootstrap, which is a first start
/// of the server on it; after that, and last, comes `PG_VERSION`.
public final class Initdb {
  private Initdb() {}

  /// Makes the files; fails when there is a control file already.
  ///
  /// @param systemIdentifier names the cluster for ever; see [#systemIdentifier]
  public static Future<ControlData> run(
      Disk disk, EngineConfig config, Clock clock, long systemIdentifier) {
    return EngineFiles.create(disk, config, clock, systemIdentifier);
  }

  /// What was begun with [#run] is whole now. A server is started on nothing else.
  public static Future<Void> complete(Disk disk) {
    return EngineFiles.complete(disk);
  }

  /// An identifier as PostgreSQL makes it: the time, and some bits that differ between two clusters
  /// of the same instant.
  public static long systemIdentifier(Clock clock, int salt) {
    long micros = clock.epochMicros();
    return (micros / 1_000_000) << 32 | (micros % 1_000_000) << 12 | (salt & 0xfff);
  }
}
