package dev.lifeline.storage.file;

import io.vertx.core.Future;
import java.lang.foreign.MemorySegment;

/// Small files that are replaced as a whole: after a crash there is the old content or the new one.
public final class DurableFile {
  private DurableFile() {}

  /// Replaces a file's content, or makes the file.
  ///
  /// @param directory `.` is the data directory itself
  public static Future<Void> replace(Disk disk, String directory, String name, byte[] content) {
    String path = directory.equals(".") ? name : directory + "/" + name;
    String temporary = path + ".tmp";
    return disk.create(temporary)
        .compose(file ->
            file.truncate(0)
                .compose(ignored -> file.write(MemorySegment.ofArray(content), 0))
                .compose(ignored -> file.sync())
                .eventually(file::close))
        .compose(ignored -> disk.rename(temporary, path))
        .compose(ignored -> disk.syncDirectory(directory));
  }
}
