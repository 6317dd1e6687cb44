package dev.lifeline.access.heap;

import dev.lifeline.access.index.IndexScan;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import org.jspecify.annotations.Nullable;

/// Deletes the chunks of a value whose row was deleted or got another one. Called again after each
/// wait, it goes on where it was.
public final class ToastDelete {
  private final ToastTable toast;
  private final long id;
  private @Nullable IndexScan scan;
  private boolean onEntry;

  public ToastDelete(ToastTable toast, long id) {
    this.toast = toast;
    this.id = id;
  }

  /// Deletes them all.
  public void run(Xact xact) {
    run(xact, false);
  }

  /// Takes all back that this very command has made.
  public void retract(Xact xact) {
    run(xact, true);
  }

  private void run(Xact xact, boolean retracting) {
    IndexScan chunks = scan;
    if (chunks == null) {
      chunks = toast.chunks(id);
      scan = chunks;
    }
    while (onEntry || chunks.next()) {
      onEntry = true;
      boolean ok = true;
      if (retracting) {
        toast.table().retract(xact, chunks.tid());
      } else {
        ok = toast.table().delete(xact, chunks.tid()).ok();
      }
      onEntry = false;
      if (!ok) {
        // Only who has changed the row may come here, and he is one.
        throw PgException.error(
            SqlState.DATA_CORRUPTED,
            "chunk of toast value %d in pg_toast_%s was changed concurrently",
            id,
            Integer.toUnsignedString(toast.relation()));
      }
    }
    chunks.close();
  }
}
