package dev.lifeline.replication;

import dev.lifeline.storage.file.Disk;
import io.vertx.core.Future;
import java.lang.foreign.MemorySegment;

/// Small files that are replaced as a whole: after a crash there is the old content or the new one.
final class DurableFile {
  private DurableFile() {}

  static Future<Void> replace(Disk disk, String directory, String name, byte[] content) {
    String temporary = directory + "/" + name + ".tmp";
    return disk.create(temporary)
        .compose(file ->
            file.truncate(0)
                .compose(ignored -> file.write(MemorySegment.ofArray(content), 0))
                .compose(ignored -> file.sync())
                .eventually(file::close))
        .compose(ignored -> disk.rename(temporary, directory + "/" + name))
        .compose(ignored -> disk.syncDirectory(directory));
  }
}
