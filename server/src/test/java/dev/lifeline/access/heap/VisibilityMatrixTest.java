package dev.lifeline.access.heap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.access.StorageFixture;
import dev.lifeline.access.StorageFixture.Session;
import dev.lifeline.access.table.FetchResult;
import dev.lifeline.access.table.LockWaitPolicy;
import dev.lifeline.access.table.RowLock;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.table.TupleSink;
import dev.lifeline.access.transam.Snapshot;
import dev.lifeline.access.transam.Xact;
import org.junit.jupiter.api.Test;

/// Every way in which a row can have come and gone, as seen by a snapshot that was taken in
/// between: what PostgreSQL's documentation says it must see, first without hint bits and then with
/// them.
class VisibilityMatrixTest {
  private enum Came {
    OWN_BEFORE(true),
    OWN_AFTER(false),
    OWN_SAVEPOINT_RELEASED(true),
    OWN_SAVEPOINT_ROLLED_BACK(false),
    COMMITTED_BEFORE(true),
    COMMITTED_AFTER(false),
    ROLLED_BACK(false),
    RUNNING(false);

    final boolean visible;

    Came(boolean visible) {
      this.visible = visible;
    }

    boolean own() {
      return this == OWN_BEFORE || this == OWN_AFTER || this == OWN_SAVEPOINT_RELEASED;
    }

    boolean committed() {
      return this == COMMITTED_BEFORE || this == COMMITTED_AFTER;
    }
  }

  private enum Went {
    NOT(false),
    OWN_BEFORE(true),
    OWN_AFTER(false),
    OWN_SAVEPOINT_ROLLED_BACK(false),
    COMMITTED_BEFORE(true),
    COMMITTED_AFTER(false),
    ROLLED_BACK(false),
    RUNNING(false),
    LOCKED_BY_RUNNING(false),
    LOCKED_AND_COMMITTED(false);

    final boolean gone;

    Went(boolean gone) {
      this.gone = gone;
    }

    boolean byOwn() {
      return this == OWN_BEFORE || this == OWN_AFTER || this == OWN_SAVEPOINT_ROLLED_BACK;
    }

    boolean before() {
      return this == OWN_BEFORE || this == COMMITTED_BEFORE;
    }
  }

  private static boolean possible(Came came, Went went) {
    boolean cameLate = came == Came.OWN_AFTER || came == Came.COMMITTED_AFTER;
    if (went == Went.NOT) {
      return true;
    }
    if (went.before() && cameLate) {
      return false;
    }
    return went.byOwn() ? came.own() || came.committed() : came.committed();
  }

  private static final class Scene {
    final StorageFixture storage = new StorageFixture(StorageFixture.config(64));
    final Session reader = storage.session(1);
    final Session other = storage.session(2);
    final Session third = storage.session(3);
    final Table table = storage.createTable(reader, 20000, 100);
    final Xact own = reader.begin();
    final byte[] payload = {1, 2, 3};
    long tid;

    void insertBefore(Came came) {
      switch (came) {
        case OWN_BEFORE -> insert(own);
        case OWN_SAVEPOINT_RELEASED -> {
          own.beginSub();
          insert(own);
          own.commitSub();
        }
        case OWN_SAVEPOINT_ROLLED_BACK -> {
          own.beginSub();
          insert(own);
          own.abortSub();
        }
        case COMMITTED_BEFORE -> {
          Xact xact = other.begin();
          insert(xact);
          other.commit(xact);
        }
        case ROLLED_BACK -> {
          Xact xact = other.begin();
          insert(xact);
          other.abort(xact);
        }
        case RUNNING -> insert(other.begin());
        case OWN_AFTER, COMMITTED_AFTER -> {}
      }
    }

    void insertAfter(Came came) {
      if (came == Came.OWN_AFTER) {
        insert(own);
        own.nextCommand();
      } else if (came == Came.COMMITTED_AFTER) {
        Xact xact = other.begin();
        insert(xact);
        other.commit(xact);
      }
    }

    private void insert(Xact xact) {
      tid = storage.run(() -> table.insert(xact, payload));
    }

    private void delete(Xact xact) {
      assertTrue(storage.run(() -> table.delete(xact, tid)).ok());
    }

    void deleteBefore(Went went) {
      if (went == Went.OWN_BEFORE) {
        own.nextCommand();
        delete(own);
      } else if (went == Went.COMMITTED_BEFORE) {
        Xact xact = third.begin();
        delete(xact);
        third.commit(xact);
      }
    }

    void deleteAfter(Went went) {
      switch (went) {
        case OWN_AFTER -> delete(own);
        case OWN_SAVEPOINT_ROLLED_BACK -> {
          own.beginSub();
          delete(own);
          own.abortSub();
        }
        case COMMITTED_AFTER -> {
          Xact xact = third.begin();
          delete(xact);
          third.commit(xact);
        }
        case ROLLED_BACK -> {
          Xact xact = third.begin();
          delete(xact);
          third.abort(xact);
        }
        case RUNNING -> delete(third.begin());
        case LOCKED_BY_RUNNING -> lock(third.begin());
        case LOCKED_AND_COMMITTED -> {
          Xact xact = third.begin();
          lock(xact);
          third.commit(xact);
        }
        case NOT, OWN_BEFORE, COMMITTED_BEFORE -> {}
      }
    }

    private void lock(Xact xact) {
      assertTrue(
          storage
              .run(() ->
                  table.lock(xact, tid, RowLock.UPDATE, LockWaitPolicy.RETURN, TupleSink.NONE))
              .ok());
    }

    boolean sees(Snapshot snapshot) {
      return storage.run(() -> table.fetch(own, snapshot, tid, TupleSink.NONE))
          == FetchResult.FOUND;
    }
  }

  @Test
  void aSnapshotSeesWhatItMust() {
    int cases = 0;
    for (Came came : Came.values()) {
      for (Went went : Went.values()) {
        if (!possible(came, went)) {
          continue;
        }
        cases++;
        Scene scene = new Scene();
        scene.insertBefore(came);
        scene.deleteBefore(went);
        scene.own.nextCommand();
        Snapshot snapshot = scene.own.snapshot();
        // From here on the snapshot is what a cursor has, while later commands go on.
        scene.own.nextCommand();
        scene.insertAfter(came);
        scene.deleteAfter(went);
        boolean expected = came.visible && !went.gone;
        String name = came + " and then " + went;
        assertEquals(expected, scene.sees(snapshot), name);
        assertEquals(expected, scene.sees(snapshot), name + ", with hint bits");
      }
    }
    assertEquals(32, cases);
  }
}
