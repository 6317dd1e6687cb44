package dev.lifeline.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.access.MemoryDisk;
import dev.lifeline.access.transam.LogicalRecords;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The file of the origins' progress says of no transaction that it was applied before the
/// transaction is durable here: after a crash in between it would never be sent again.
class ReplicationOriginsTest {
  private final MemoryDisk disk = new MemoryDisk();
  private final List<Long> asked = new ArrayList<>();
  private final Promise<Void> flushed = Promise.promise();
  private final ReplicationOrigins origins =
      new ReplicationOrigins(
          disk,
          lsn -> {
            asked.add(lsn);
            return flushed.future();
          });

  private ReplicationOrigins.Progress onTheDisk() {
    ReplicationOrigins read = new ReplicationOrigins(disk, lsn -> Future.succeededFuture());
    assertTrue(read.load().succeeded());
    ReplicationOrigins.Progress progress = read.find(7);
    return progress == null ? new ReplicationOrigins.Progress(7, 0, 0, 0) : progress;
  }

  @Test
  void aCommitIsDurableBeforeTheFileKnowsOfIt() {
    origins.committed(new LogicalRecords.Origin(7, 1000, 0), 500);
    origins.committed(new LogicalRecords.Origin(8, 2000, 0), 400);
    Future<Void> saved = origins.save();
    assertEquals(List.of(500L), asked);
    assertFalse(saved.isComplete());
    assertEquals(0, onTheDisk().remoteLsn());
    // What comes while it waits is not durable with it.
    origins.committed(new LogicalRecords.Origin(7, 1100, 0), 600);
    flushed.complete();
    assertTrue(saved.succeeded());
    assertEquals(1000, onTheDisk().remoteLsn());
  }

  @Test
  void progressGoesForwardOnly() {
    flushed.complete();
    origins.set(7, 1000, 500);
    // Redo finds what was before the origin was set.
    origins.committed(new LogicalRecords.Origin(7, 3000, 0), 400);
    assertEquals(1000, origins.remoteLsn(7));
    origins.committed(new LogicalRecords.Origin(7, 900, 0), 600);
    assertEquals(1000, origins.remoteLsn(7));
    origins.committed(new LogicalRecords.Origin(7, 1001, 0), 600);
    assertEquals(1001, origins.remoteLsn(7));
    assertTrue(origins.save().succeeded());
    assertEquals(1001, onTheDisk().remoteLsn());
  }
}
