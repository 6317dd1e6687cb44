package dev.lifeline.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.access.transam.CheckpointReport;
import dev.lifeline.access.transam.CheckpointRequest;
import dev.lifeline.access.transam.ControlData;
import dev.lifeline.access.transam.IsolationLevel;
import dev.lifeline.access.transam.Rmgr;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.events.Emitter;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.ipc.Proc;
import dev.lifeline.storage.ipc.Wakeup;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/// What becomes of a cluster whose disk fails or is full.
class DiskFaultTest {
  private static final RelFileLocator REL = new RelFileLocator(5, 20_000);

  private final FaultyDisk disk = new FaultyDisk(new MemoryDisk());
  private final StorageFixture.Time time = new StorageFixture.Time();
  private final List<PgException> panics = new ArrayList<>();
  private final SharedMemory shared;
  private final Proc proc;

  DiskFaultTest() {
    EngineConfig config = StorageFixture.config(32);
    assertTrue(Initdb.run(disk, config, time, 1).succeeded());
    shared =
        SharedMemory.create(
            config,
            new EngineEnvironment(disk, time, time, Wakeup.direct(), Emitter.NONE, panics::add),
            List.of());
    assertTrue(shared.recover().succeeded());
    proc = shared.transactions().register(1, 5);
  }

  private Xact begin() {
    return shared.transactions().begin(proc, IsolationLevel.READ_COMMITTED, false);
  }

  private static <T> T call(Supplier<T> operation) {
    while (true) {
      try {
        return operation.get();
      } catch (NotYet notYet) {
        if (notYet.until().failed() && notYet.until().cause() instanceof PgException e) {
          throw e;
        }
        assertTrue(notYet.until().succeeded());
      }
    }
  }

  @Test
  void aCommitWhoseFlushFailsIsNeverAcknowledgedAndTheClusterPanics() {
    Xact xact = begin();
    xact.xid();
    disk.syncFails = path -> path.startsWith("pg_wal/");
    Future<Void> commit = xact.commit();
    assertFalse(commit.isComplete());
    assertEquals(1, panics.size());
    assertEquals(Severity.PANIC, panics.getFirst().severity());
    assertTrue(panics.getFirst().message().startsWith("could not fsync file \"pg_wal/0000"));
    disk.syncFails = path -> false;
    assertFalse(shared.wal().flushAll().isComplete(), "it is not tried again");
    assertFalse(commit.isComplete());
    assertEquals(1, panics.size());
  }

  @Test
  void noRoomForTheWalIsAPanicToo() {
    disk.isFull = path -> path.startsWith("pg_wal/");
    Xact xact = begin();
    xact.xid();
    assertFalse(xact.commit().isComplete());
    assertEquals(SqlState.DISK_FULL, panics.getFirst().sqlState());
  }

  private int extend() {
    return call(() -> shared.buffers().extend(REL, Fork.MAIN));
  }

  private void makeRelation() {
    Xact xact = begin();
    call(() -> {
      shared.storage().create(xact, REL);
      return true;
    });
    assertTrue(xact.commit().succeeded());
  }

  @Test
  void aFullDiskIsAnErrorOfTheStatementThatNeedsIt() {
    makeRelation();
    disk.isFull = path -> path.startsWith("base/");
    PgException e = assertThrows(PgException.class, this::extend);
    assertEquals("53100", e.sqlState().code());
    assertEquals("could not extend file \"base/5/20000\": No space left on device", e.message());
    assertEquals("Check free disk space.", e.hint());
    disk.isFull = path -> false;
    int buf = extend();
    assertEquals(0, shared.buffers().blockOf(buf));
    shared.buffers().release(buf);
    assertEquals(List.of(), panics);
  }

  private void dirtyAPage() {
    BufferPool pool = shared.buffers();
    int buf = extend();
    dev.lifeline.storage.page.PageLayout.init(pool.memory(), pool.offset(buf), 0);
    shared.wal().begin(Rmgr.XLOG, 0x77, 0).buffer(0, buf, 2).insert();
    pool.release(buf);
  }

  @Test
  void aCheckpointThatCannotWriteFailsAndTheNextOneDoesItsWork() {
    makeRelation();
    dirtyAPage();
    disk.isFull = path -> path.startsWith("base/");
    Future<CheckpointReport> failed = shared.checkpoint(CheckpointRequest.requested());
    assertTrue(failed.failed());
    assertEquals(List.of(), panics);
    disk.isFull = path -> false;
    Future<CheckpointReport> next = shared.checkpoint(CheckpointRequest.requested());
    assertTrue(next.succeeded());
    assertEquals(1, next.result().buffersWritten());
  }

  @Test
  void aCheckpointThatCannotWriteTheControlFileIsNoPanicAndIsTriedAgain() {
    makeRelation();
    ControlData before = shared.controlData();
    disk.isFull = path -> path.startsWith("global/pg_control");
    assertTrue(shared.checkpoint(CheckpointRequest.timed()).failed());
    assertEquals(List.of(), panics);
    assertEquals(before, shared.controlData());
    disk.isFull = path -> false;
    Future<CheckpointReport> next = shared.checkpoint(CheckpointRequest.timed());
    assertFalse(next.result().skipped(), "the one that failed does not count");
    assertEquals(next.result().redoLsn(), shared.controlData().redoLsn());
  }

  @Test
  void aControlFileThatCannotBeSyncedIsAPanic() {
    makeRelation();
    disk.syncFails = path -> path.startsWith("global/pg_control");
    assertTrue(shared.checkpoint(CheckpointRequest.requested()).failed());
    assertEquals(1, panics.size());
    disk.syncFails = path -> false;
    assertTrue(shared.checkpoint(CheckpointRequest.requested()).failed(), "it is not tried again");
  }

  /// The checkpoint has taken the file into its list; then its relation is dropped.
  @Test
  void aFileThatIsDeletedBeforeItsSyncIsNoPanic() {
    makeRelation();
    dirtyAPage();
    disk.syncFails =
        path -> {
          if (path.equals("base/5/20000")) {
            Xact xact = begin();
            shared.storage().dropAtCommit(xact, REL);
            disk.isMissing = p -> p.equals(path);
            assertTrue(xact.commit().succeeded());
          }
          return false;
        };
    assertTrue(shared.checkpoint(CheckpointRequest.requested()).succeeded());
    assertEquals(List.of(), panics);
  }

  @Test
  void aFileThatIsMissingWithoutHavingBeenDeletedIsAPanic() {
    makeRelation();
    dirtyAPage();
    disk.isMissing = path -> path.equals("base/5/20000");
    assertTrue(shared.checkpoint(CheckpointRequest.requested()).failed());
    assertEquals(1, panics.size());
  }

  @Test
  void aCheckpointWhoseSyncFailsIsAPanic() {
    makeRelation();
    dirtyAPage();
    disk.syncFails = path -> path.startsWith("base/");
    assertTrue(shared.checkpoint(CheckpointRequest.requested()).failed());
    assertEquals(1, panics.size());
    assertEquals(
        "could not fsync file \"base/5/20000\": Input/output error", panics.getFirst().message());
  }
}
