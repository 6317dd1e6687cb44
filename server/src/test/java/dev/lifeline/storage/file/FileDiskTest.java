package dev.lifeline.storage.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.storage.ipc.Wakeup;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDiskTest {
  @TempDir Path directory = Path.of(".");

  private FileDisk disk() {
    return FileDisk.open(directory, 4, Wakeup.direct());
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }

  private static PgException failure(Future<?> future) {
    CompletionException e = assertThrows(CompletionException.class, () -> await(future));
    return assertInstanceOf(PgException.class, e.getCause());
  }

  private static MemorySegment bytes(int size, int value) {
    return Arena.ofAuto().allocate(size).fill((byte) value);
  }

  @Test
  void whatIsWrittenIsReadAlsoThroughManyFiles() {
    FileDisk disk = disk();
    await(disk.createDirectory("base/5"));
    List<DiskFile> files = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      DiskFile file = await(disk.create("base/5/" + i));
      await(file.write(bytes(1000, i), 500));
      files.add(file);
    }
    for (int i = 0; i < 20; i++) {
      DiskFile file = files.get(i);
      await(file.sync());
      assertEquals(1500L, await(file.size()));
      MemorySegment into = bytes(2000, 99);
      assertEquals(1000, await(file.read(into, 500)));
      assertEquals(i, into.get(java.lang.foreign.ValueLayout.JAVA_BYTE, 999));
      assertEquals(0, await(file.read(into, 1500)));
    }
    assertEquals(20, await(disk.list("base/5")).size());
    assertEquals(List.of(), await(disk.list("base/6")));
    await(disk.abandon());
  }

  @Test
  void namesAreMadeChangedAndRemoved() {
    FileDisk disk = disk();
    DiskFile file = await(disk.create("a"));
    await(file.write(bytes(10, 1), 0));
    await(file.truncate(4));
    await(disk.create("b"));
    await(disk.rename("a", "b"));
    await(disk.syncDirectory("."));
    assertFalse(await(disk.exists("a")));
    assertEquals(4L, await(await(disk.open("b")).size()));
    await(disk.delete("b"));
    await(disk.delete("b"));
    assertFalse(await(disk.exists("b")));
    await(disk.abandon());
  }

  @Test
  void errorsArePostgresqls() {
    FileDisk disk = disk();
    PgException missing = failure(disk.open("base/5/16384"));
    assertEquals(SqlState.UNDEFINED_FILE, missing.sqlState());
    assertEquals(
        "could not open file \"base/5/16384\": No such file or directory", missing.message());
    await(disk.createDirectory("x"));
    await(disk.create("x/y"));
    assertEquals(
        "could not remove file \"x\": Directory not empty", failure(disk.delete("x")).message());
    await(disk.abandon());
  }

  @Test
  void anAbandonedDiskWaitsForWhatIsUnderWayAndRefusesTheRest() {
    FileDisk disk = disk();
    DiskFile file = await(disk.create("a"));
    AtomicInteger done = new AtomicInteger();
    for (int i = 0; i < 100; i++) {
      file.write(bytes(8192, i), i * 8192L).onComplete(result -> done.incrementAndGet());
    }
    disk.dedicated().create("wal").onComplete(result -> done.incrementAndGet());
    await(disk.abandon());
    assertEquals(101, done.get());
    assertEquals(SqlState.CRASH_SHUTDOWN, failure(file.write(bytes(1, 1), 0)).sqlState());
    assertEquals(SqlState.CRASH_SHUTDOWN, failure(disk.delete("a")).sqlState());
    assertTrue(directory.resolve("a").toFile().exists());
  }
}
