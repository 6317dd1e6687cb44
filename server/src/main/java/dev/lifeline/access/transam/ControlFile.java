package dev.lifeline.access.transam;

import dev.lifeline.storage.file.Disk;
import io.vertx.core.Future;

/// `global/pg_control`: what a start must know before it can read anything else. It is replaced
/// atomically and has a checksum.
@SuppressWarnings("DoNotCallSuggester")
public final class ControlFile {
  public static final String PATH = "global/pg_control";

  private ControlFile() {}

  private static UnsupportedOperationException soon() {
    return new UnsupportedOperationException();
  }

  /// Reads and checks the control file of a data directory.
  public static Future<ControlData> read(Disk disk) {
    throw soon();
  }
}
