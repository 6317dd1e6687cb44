package dev.lifeline.replication.logical;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

/// A row that ON CONFLICT has taken back is told to nobody, be it that the transaction goes to a
/// file in between.
class DecodedXactTest {
  private final DecodedXact xact = new DecodedXact(10, 100);
  private final Change kept = change(Change.Kind.INSERT, 1);
  private final Change deleted = change(Change.Kind.DELETE, 2);
  private final Change retracted = change(Change.Kind.INSERT, 3);

  private static Change change(Change.Kind kind, int lsn) {
    return new Change(kind, 10, lsn, 0, new byte[lsn], null);
  }

  @Test
  void whatWasInsertedLastCanBeTakenBack() {
    xact.add(kept);
    long before = xact.bytes();
    xact.add(retracted);
    assertEquals(retracted.size(), xact.retract());
    assertEquals(before, xact.bytes());
    assertEquals(List.of(kept), xact.changes());
  }

  @Test
  void whatMayBeTakenBackDoesNotGoToAFile() {
    xact.add(kept);
    xact.add(deleted);
    xact.add(retracted);
    assertEquals(List.of(kept, deleted), xact.takeForSpill());
    assertEquals(1, xact.spills());
    assertEquals(retracted.size(), xact.bytes());
    assertEquals(List.of(), xact.takeForSpill());
    assertEquals(1, xact.spills());
    xact.retract();
    assertEquals(0, xact.bytes());
    xact.add(deleted);
    assertEquals(List.of(deleted), xact.takeForSpill());
    assertEquals(2, xact.spills());
  }

  @Test
  void nothingElseCan() {
    assertThrows(IllegalStateException.class, xact::retract);
    xact.add(deleted);
    assertThrows(IllegalStateException.class, xact::retract);
  }
}
