package dev.lifeline.access;

import dev.lifeline.storage.file.Disk;
import dev.lifeline.utils.activity.CountersFile;
import io.vertx.core.Future;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The cumulative statistics while the server is stopped: `pg_stat/pgstat.stat`.
///
/// Written after the shutdown checkpoint, read at the next start and removed then: after a crash
/// the counters begin anew, because nobody knows how much of them is true.
public final class StatisticsFile {
  private static final String DIRECTORY = "pg_stat";
  private static final String PATH = DIRECTORY + "/pgstat.stat";
  private static final String TEMPORARY = DIRECTORY + "/pgstat.tmp";

  private StatisticsFile() {}

  /// Keeps the counters of a server that is shut down in good order.
  public static Future<Void> save(SharedMemory memory) {
    Disk disk = memory.disk();
    byte[] content = CountersFile.encode(memory.counters());
    MemorySegment bytes = Arena.ofAuto().allocate(content.length, 8);
    MemorySegment.copy(content, 0, bytes, ValueLayout.JAVA_BYTE, 0, content.length);
    return disk.createDirectory(DIRECTORY)
        .compose(made -> disk.delete(TEMPORARY))
        .compose(gone -> disk.create(TEMPORARY))
        .compose(file ->
            file.write(bytes, 0).compose(written -> file.sync()).compose(synced -> file.close()))
        .compose(closed -> disk.rename(TEMPORARY, PATH))
        .compose(renamed -> disk.syncDirectory(DIRECTORY));
  }

  /// Takes the counters over at the start, before anything else is counted.
  ///
  /// @param clean whether the server was shut down in good order; if not, they are discarded
  public static Future<Void> restore(SharedMemory memory, boolean clean) {
    memory.discardStatistics();
    Disk disk = memory.disk();
    return disk.exists(PATH)
        .compose(exists -> {
          if (!exists) {
            return Future.succeededFuture();
          }
          Future<Void> read =
              clean
                  ? disk.contents(PATH).compose(bytes -> take(bytes, memory))
                  : Future.succeededFuture();
          return read.transform(done ->
              disk.delete(PATH)
                  .compose(gone ->
                      done.succeeded()
                          ? Future.succeededFuture()
                          : Future.<Void>failedFuture(done.cause())));
        });
  }

  private static Future<Void> take(byte[] bytes, SharedMemory memory) {
    if (!CountersFile.decode(bytes, memory.counters())) {
      return Future.failedFuture("corrupted statistics file \"" + PATH + "\"");
    }
    memory.statisticsRestored();
    return Future.succeededFuture();
  }
}
