package dev.lifeline.access.transam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.access.EngineConfig;
import dev.lifeline.access.Initdb;
import dev.lifeline.access.MemoryDisk;
import dev.lifeline.access.StorageFixture;
import dev.lifeline.storage.file.DiskFile;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class ControlFileTest {
  private static final int SIZE = 512;

  private final MemoryDisk disk = new MemoryDisk();
  private final ControlData made =
      Initdb.run(disk, EngineConfig.defaults(), new StorageFixture.Time(), 42).result();

  private DiskFile file() {
    return disk.open(ControlFile.PATH).result();
  }

  private PgException refusal() {
    Future<ControlData> read = ControlFile.read(disk);
    assertTrue(read.failed());
    return (PgException) read.cause();
  }

  @Test
  void whatIsWrittenIsRead() {
    assertEquals(made, ControlFile.read(disk).result());
    assertEquals(42, made.systemIdentifier());
    assertEquals("shut down", made.state().words());
    ControlFile file = ControlFile.open(disk).result();
    assertTrue(file.update(data -> data.withState(ControlData.State.IN_PRODUCTION, 7)).succeeded());
    ControlData read = ControlFile.read(disk).result();
    assertEquals(ControlData.State.IN_PRODUCTION, read.state());
    assertEquals(7, read.timeMicros());
    assertEquals(made.checkpointLsn(), read.checkpointLsn());
  }

  @Test
  void everyChangedByteIsFound() {
    MemorySegment good = Arena.ofAuto().allocate(SIZE, 8);
    file().read(good, 0);
    for (int at = 0; at < 108; at++) {
      MemorySegment bad = Arena.ofAuto().allocate(SIZE, 8).copyFrom(good);
      bad.set(PageLayout.BYTE, at, (byte) (bad.get(PageLayout.BYTE, at) ^ 4));
      file().write(bad, 0);
      PgException e = refusal();
      assertEquals(Severity.FATAL, e.severity());
      assertEquals(
          at >= 8 && at < 12
              ? "database files are incompatible with server"
              : "incorrect checksum in control file",
          e.message(),
          "byte " + at);
    }
  }

  @Test
  void aDataDirectoryOfPostgresqlIsForeign() {
    MemorySegment theirs = Arena.ofAuto().allocate(8192, 8);
    theirs.set(PageLayout.LONG, 0, 7300000000000000000L);
    theirs.set(PageLayout.INT, 8, 1300);
    file().write(theirs, 0);
    PgException e = refusal();
    assertEquals("database files are incompatible with server", e.message());
    assertEquals(
        "The database cluster was initialized with PG_CONTROL_VERSION 1300 (0x00000514), but the"
            + " server was compiled with PG_CONTROL_VERSION 20262 (0x00004f26).",
        e.detail());
    assertEquals("It looks like you need to initdb.", e.hint());
  }

  @Test
  void aTruncatedOneAndNoneAtAll() {
    file().truncate(100);
    assertEquals("could not read file \"global/pg_control\": read 100 of 512", refusal().message());
    disk.delete(ControlFile.PATH);
    assertEquals(SqlState.UNDEFINED_FILE, refusal().sqlState());
  }

  @Test
  void initdbIsNotRunTwice() {
    Future<ControlData> again =
        Initdb.run(disk, EngineConfig.defaults(), new StorageFixture.Time(), 43);
    assertTrue(again.failed());
    assertEquals(42, ControlFile.read(disk).result().systemIdentifier());
  }
}
