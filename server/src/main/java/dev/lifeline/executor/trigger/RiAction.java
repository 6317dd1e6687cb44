package dev.lifeline.executor.trigger;

import dev.lifeline.access.heap.Detoaster;
import dev.lifeline.access.table.FetchResult;
import dev.lifeline.access.table.TupleSink;
import dev.lifeline.access.transam.IsolationLevel;
import dev.lifeline.access.transam.Snapshot;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.catalog.ForeignKey;
import dev.lifeline.executor.DirectQuery;
import dev.lifeline.executor.QueryPlan;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.executor.StoredTable;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.error.PgException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One event, being fired: looks at the row that was changed and does what the foreign key wants.
///
/// [#run] may throw [dev.lifeline.utils.NotYet], and goes on where it was when it is called again.
final class RiAction {
  private enum Step {
    FETCH,
    DETOAST,
    DECIDE,
    QUERY
  }

  private final RiTrigger trigger;
  private final AfterTriggers triggers;
  private final SessionContext session;
  private final StoredTable stored;
  private final long oldTid;
  private final long newTid;

  /// The row that decides, and behind it, after an UPDATE of a referenced one, what it is now.
  private final Batch rows;

  private final int[] targets;
  private final @Nullable Detoaster detoaster;
  private final Deque<RiQuery> queries = new ArrayDeque<>(1);
  private Step step = Step.FETCH;
  private @Nullable DirectQuery query;
  private String querySql = "";

  RiAction(
      RiTrigger trigger, AfterTriggers triggers, SessionContext session, long oldTid, long newTid) {
    this.trigger = trigger;
    this.triggers = triggers;
    this.session = session;
    this.stored = trigger.stored();
    this.oldTid = oldTid;
    this.newTid = newTid;
    this.rows = stored.newRows(2);
    this.targets = new int[stored.types().size()];
    for (int c = 0; c < targets.length; c++) {
      targets[c] = columns().contains(c + 1) ? c : -1;
    }
    this.detoaster = stored.newDetoaster();
  }

  private ForeignKey key() {
    return trigger.key();
  }

  private boolean isCheck() {
    return trigger.event() == RiTrigger.Event.CHECK;
  }

  /// The foreign key's columns in the table whose row has changed.
  private List<Integer> columns() {
    return trigger.event() == RiTrigger.Event.CHECK ? key().columns() : key().referencedColumns();
  }

  void run() {
    if (step == Step.FETCH) {
      rows.setSize(0);
      if (!(isCheck() ? fetchLive() : fetchOld())) {
        return;
      }
      step = Step.DETOAST;
    }
    if (step == Step.DETOAST) {
      if (detoaster != null) {
        detoaster.resolve(rows, targets);
      }
      step = Step.DECIDE;
    }
    if (step == Step.DECIDE) {
      decide();
      step = Step.QUERY;
    }
    while (!queries.isEmpty()) {
      ask(queries.getFirst());
      queries.removeFirst();
    }
  }

  private TupleSink sink(int row) {
    return (tid, memory, offset, length) ->
        stored.codec().deform(memory, offset, length, targets, rows, row);
  }

  /// A row that was replaced or deleted again needs no check: what came in its place has its own.
  private boolean fetchLive() {
    Xact xact = session.xact();
    Snapshot now = xact.latestSnapshot();
    long[] version = {0};
    try {
      FetchResult result =
          stored
              .table()
              .fetch(
                  xact,
                  now.withCommand(xact.commandId() + 1),
                  newTid,
                  (tid, memory, offset, length) -> {
                    version[0] = tid;
                    stored.codec().deform(memory, offset, length, targets, rows, 0);
                  });
      rows.setSize(1);
      return result == FetchResult.FOUND && version[0] == newTid;
    } finally {
      xact.releaseSnapshot();
    }
  }

  private boolean fetchOld() {
    if (!stored.table().fetchVersion(oldTid, sink(0))) {
      throw new IllegalStateException("a row that this transaction has removed is gone");
    }
    rows.setSize(1);
    if (newTid != 0) {
      if (!stored.table().fetchVersion(newTid, sink(1))) {
        throw new IllegalStateException("a row that this transaction has written is gone");
      }
      rows.setSize(2);
    }
    return true;
  }

  private void decide() {
    boolean anyNull = false;
    for (int attnum : columns()) {
      anyNull |= rows.column(attnum - 1).isNull(0);
    }
    if (isCheck()) {
      if (anyNull) {
        // Those without a value that counts have queued no event.
        throw errors().mixedNulls();
      }
      queries.add(RiQuery.REFERENCED);
    } else if (!anyNull) {
      decideAction(trigger.event() == RiTrigger.Event.DELETE);
    }
  }

  private void decideAction(boolean delete) {
    switch (trigger.action()) {
      case ForeignKey.NO_ACTION -> queries.add(RiQuery.REFERENCED_BY_OLD_KEY);
      case ForeignKey.RESTRICT -> queries.add(RiQuery.REFERRING);
      case ForeignKey.CASCADE ->
          queries.add(delete ? RiQuery.DELETE_CASCADE : RiQuery.UPDATE_CASCADE);
      case ForeignKey.SET_NULL ->
          queries.add(delete ? RiQuery.SET_NULL_ON_DELETE : RiQuery.SET_NULL_ON_UPDATE);
      default -> {
        queries.add(delete ? RiQuery.SET_DEFAULT_ON_DELETE : RiQuery.SET_DEFAULT_ON_UPDATE);
        // A row that had the defaults before has not changed, so nothing has checked it.
        queries.add(RiQuery.REFERENCED_BY_OLD_KEY);
      }
    }
  }

  private void ask(RiQuery asked) {
    try {
      DirectQuery current = query;
      if (current == null) {
        current = open(asked);
        query = current;
      }
      // One that changes rows returns none.
      boolean found = current.next() != null;
      close();
      react(asked, found);
    } catch (PgException e) {
      if (query != null) {
        close();
        throw withContext(e);
      }
      throw e;
    }
  }

  private void react(RiQuery asked, boolean found) {
    switch (asked) {
      case REFERENCED -> {
        if (!found) {
          throw errors().notPresent(rows);
        }
      }
      case REFERENCED_BY_OLD_KEY -> {
        if (!found) {
          queries.addLast(RiQuery.REFERRING);
        }
      }
      case REFERRING -> {
        if (found) {
          throw errors().stillReferenced(rows);
        }
      }
      case DELETE_CASCADE,
          UPDATE_CASCADE,
          SET_NULL_ON_DELETE,
          SET_NULL_ON_UPDATE,
          SET_DEFAULT_ON_DELETE,
          SET_DEFAULT_ON_UPDATE -> {
        // The rows that refer have been changed.
      }
    }
  }

  private RiErrors errors() {
    return new RiErrors(key(), stored, session);
  }

  /// REPEATABLE READ must not miss rows that refer, though its snapshot does not show them; and it
  /// must not change those.
  private DirectQuery open(RiQuery asked) {
    QueryPlan plan = trigger.plan(asked, session, triggers);
    querySql = asked.text(key(), session.catalog()).sql();
    Xact xact = session.xact();
    boolean repeatable = xact.isolation() == IsolationLevel.REPEATABLE_READ;
    if (isCheck() || !repeatable) {
      return new DirectQuery(session, plan, xact.snapshot(), null, parameters(asked));
    }
    Snapshot crosscheck = xact.snapshot();
    xact.releaseSnapshot();
    return new DirectQuery(session, plan, xact.latestSnapshot(), crosscheck, parameters(asked));
  }

  private Batch parameters(RiQuery asked) {
    List<Column> values = new ArrayList<>();
    if (asked == RiQuery.UPDATE_CASCADE) {
      columns().forEach(attnum -> values.add(value(attnum, 1)));
    }
    columns().forEach(attnum -> values.add(value(attnum, 0)));
    Batch params = new Batch(values.toArray(Column[]::new));
    params.setSize(1);
    return params;
  }

  private Column value(int attnum, int row) {
    Column from = rows.column(attnum - 1);
    Column value = new Column(from.rep(), 1);
    value.copy(0, from, row);
    return value;
  }

  /// An error inside of the query tells which one that was.
  private PgException withContext(PgException e) {
    String statement = "SQL statement \"" + querySql + "\"";
    String context = e.context();
    return e.context(context == null ? statement : context + "\n" + statement);
  }

  void close() {
    DirectQuery open = query;
    query = null;
    if (open != null) {
      open.close();
    }
  }
}
