package dev.lifeline.catalog;

import dev.lifeline.events.codec.EventType;
import dev.lifeline.events.export.EventRow;
import dev.lifeline.events.journal.JournalRange;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.activity.LoggedEvents;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.Text;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// `lifeline.events`: the server's event log as a table, in the order of the sequence.
///
/// Conditions on sequence, time and type go to the index of the journal, so that a look at one
/// minute of a long log reads that minute; who wants the last events first reads from the end.
public final class EventsTable implements VirtualTable {
  private static final String NAME = "lifeline.events";

  // Where its columns are in `catalogs.txt`.
  private static final int SEQUENCE = 0;
  private static final int TIME = 1;
  private static final int TYPE = 2;
  private static final int EVENT = 3;
  private static final int BACKEND_TYPE = 4;
  private static final int PID = 5;
  private static final int XID = 6;
  private static final int LSN = 7;
  private static final int CAUSE = 8;
  private static final int TRACEPARENT = 9;
  private static final int DROPPED = 10;
  private static final int DATA = 11;

  private final LoggedEvents log;

  private EventsTable(LoggedEvents log) {
    this.log = log;
  }

  /// Says which log the table shows.
  public static void register(VirtualTables tables, LoggedEvents log) {
    tables.register(NAME, new EventsTable(log));
  }

  @Override
  public Rows open(SessionCatalog session) {
    return open(session, List.of(), false);
  }

  @Override
  public boolean narrows(int column) {
    return switch (column) {
      case SEQUENCE, TIME, TYPE, EVENT -> true;
      default -> false;
    };
  }

  @Override
  public int orderedBy() {
    return SEQUENCE;
  }

  @Override
  public Rows open(SessionCatalog session, List<Condition> conditions, boolean backward) {
    return new Scan(log.scan(range(conditions), backward));
  }

  private static JournalRange range(List<Condition> conditions) {
    Bounds sequence = new Bounds(1);
    Bounds time = new Bounds(Long.MIN_VALUE);
    Set<String> types = null;
    for (Condition condition : conditions) {
      switch (condition.column()) {
        case SEQUENCE -> sequence.narrow(condition, Function.identity());
        case TIME -> time.narrow(condition, EventsTable::epochMicros);
        case TYPE -> types = both(types, texts(condition));
        case EVENT -> types = both(types, ofShortNames(texts(condition)));
        default -> throw new IllegalStateException("not a column that narrows: " + condition);
      }
    }
    return new JournalRange(sequence.first, sequence.last, time.first, time.last, types);
  }

  /// A timestamp counts from 2000; its least value is `-infinity`, its greatest `infinity`.
  private static long epochMicros(long timestamp) {
    if (timestamp > Long.MAX_VALUE - EvalContext.EPOCH_SHIFT) {
      return Long.MAX_VALUE;
    }
    return timestamp == Long.MIN_VALUE ? timestamp : timestamp + EvalContext.EPOCH_SHIFT;
  }

  private static @Nullable Set<String> both(
      @Nullable Set<String> one, @Nullable Set<String> other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    Set<String> common = new HashSet<>(one);
    common.retainAll(other);
    return common;
  }

  /// Null for a comparison that says nothing about which types there are.
  private static @Nullable Set<String> texts(Condition condition) {
    return condition.comparison() != Comparison.EQUAL
        ? null
        : condition.values().stream().map(Object::toString).collect(Collectors.toSet());
  }

  /// A name that this version does not know may be of any type.
  private static @Nullable Set<String> ofShortNames(@Nullable Collection<String> names) {
    if (names == null) {
      return null;
    }
    Set<String> types = new HashSet<>();
    for (String name : names) {
      List<String> versions = EventType.namesOf(name);
      if (versions.isEmpty()) {
        return null;
      }
      types.addAll(versions);
    }
    return types;
  }

  /// The least and the greatest value that is wanted.
  private static final class Bounds {
    private long first;
    private long last = Long.MAX_VALUE;

    Bounds(long first) {
      this.first = first;
    }

    void narrow(Condition condition, Function<Long, Long> unit) {
      List<Long> values =
          condition.values().stream().map(value -> unit.apply((Long) value)).sorted().toList();
      if (values.isEmpty()) {
        last = first - 1; // nothing is equal to none
        return;
      }
      long least = values.getFirst();
      long greatest = values.getLast();
      switch (condition.comparison()) {
        case EQUAL -> {
          first = Math.max(first, least);
          last = Math.min(last, greatest);
        }
        case LESS -> last = Math.min(last, greatest == Long.MIN_VALUE ? greatest : greatest - 1);
        case LESS_EQUAL -> last = Math.min(last, greatest);
        case GREATER -> first = Math.max(first, least == Long.MAX_VALUE ? least : least + 1);
        case GREATER_EQUAL -> first = Math.max(first, least);
      }
    }
  }

  /// One scan: what was read waits here until the executor takes it.
  private static final class Scan implements Rows {
    private final LoggedEvents.Scan events;
    private @Nullable Future<List<EventRow>> reading;

    Scan(LoggedEvents.Scan events) {
      this.events = events;
    }

    @Override
    public boolean next(Batch batch) {
      Future<List<EventRow>> rows = reading;
      if (rows == null) {
        if (events.atEnd()) {
          return false;
        }
        rows = events.next(Batch.TARGET_ROWS - batch.size());
        reading = rows;
      }
      if (!rows.isComplete()) {
        throw new NotYet(rows);
      }
      reading = null;
      if (rows.failed()) {
        throw new IllegalStateException("cannot read the event log", rows.cause());
      }
      for (EventRow row : rows.result()) {
        fill(batch, batch.size(), row);
        batch.setSize(batch.size() + 1);
      }
      return !events.atEnd();
    }

    private static void fill(Batch batch, int at, EventRow row) {
      batch.column(SEQUENCE).setLong(at, row.sequence());
      batch.column(TIME).setLong(at, row.timeMicros() - EvalContext.EPOCH_SHIFT);
      batch.column(TYPE).setObject(at, Text.of(row.type()));
      batch.column(EVENT).setObject(at, Text.of(row.name()));
      batch.column(BACKEND_TYPE).setObject(at, Text.of(row.backendType()));
      batch.column(PID).setLong(at, row.pid());
      set(batch.column(XID), at, row.xid());
      set(batch.column(LSN), at, row.lsn());
      set(batch.column(CAUSE), at, row.cause());
      String traceparent = row.traceparent();
      if (traceparent == null) {
        batch.column(TRACEPARENT).setNull(at);
      } else {
        batch.column(TRACEPARENT).setObject(at, Text.of(traceparent));
      }
      batch.column(DROPPED).setLong(at, row.dropped());
      batch.column(DATA).setObject(at, Text.of(row.data()));
    }

    private static void set(Column column, int at, @Nullable Long value) {
      if (value == null) {
        column.setNull(at);
      } else {
        column.setLong(at, value);
      }
    }

    @Override
    public Map<String, Long> figures() {
      return events.figures();
    }

    @Override
    public void close() {
      events.close();
    }
  }
}
