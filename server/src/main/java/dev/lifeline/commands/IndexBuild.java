package dev.lifeline.commands;

import dev.lifeline.access.common.KeyEncoder;
import dev.lifeline.access.common.ToastedValue;
import dev.lifeline.access.common.TupleCodec;
import dev.lifeline.access.heap.Detoaster;
import dev.lifeline.access.nbtree.BTreeBuilder;
import dev.lifeline.access.table.FetchResult;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.table.TableScan;
import dev.lifeline.access.table.TupleSink;
import dev.lifeline.access.transam.Snapshot;
import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.Relation;
import dev.lifeline.utils.adt.ByteWriter;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Fills a new index from the rows of its table, under a lock that keeps writers out. A step:
/// called again after each wait, it goes on where it was.
final class IndexBuild implements Runnable {
  private final CommandContext context;
  private final Relation relation;
  private final Relation.Index index;
  private final Table table;
  private final TupleCodec codec;
  private final int[] targets;
  private final List<Rep> reps;
  private final @Nullable Detoaster detoaster;
  private final Batch keys;
  private final List<Column> keyColumns;
  private final KeyEncoder encoder;
  private final BTreeBuilder builder;
  private final TimeSlice slice;
  private final TableScan scan;
  private final List<Entry> page = new ArrayList<>();
  private int pageNext;
  private boolean scanned;
  private long rows;

  private static final class Entry {
    final byte[] key;
    final long tid;
    final boolean hasNull;

    /// The columns of a key with a value that has to be fetched first; null where there is none.
    final @Nullable Batch unresolved;

    Entry(byte[] key, long tid, boolean hasNull, @Nullable Batch unresolved) {
      this.key = key;
      this.tid = tid;
      this.hasNull = hasNull;
      this.unresolved = unresolved;
    }
  }

  IndexBuild(CommandContext context, Relation relation, Relation.Index index, long memoryMax) {
    this.context = context;
    this.relation = relation;
    this.index = index;
    BackendCatalog catalog = context.catalog();
    this.table = catalog.table(relation);
    this.codec = RowDecoder.of(relation, context.session().evalContext());
    this.targets = new int[codec.attributes()];
    java.util.Arrays.fill(targets, -1);
    List<KeyEncoder.KeyColumn> encoded = new ArrayList<>();
    this.reps = new ArrayList<>();
    Relation.Toast toast = relation.toast();
    this.detoaster = toast == null ? null : new Detoaster(catalog.toast(toast), codec);
    this.keyColumns = new ArrayList<>();
    for (Relation.IndexKey key : index.keys()) {
      PgType type = Types.get(relation.column(key.attnum()).typeOid());
      encoded.add(new KeyEncoder.KeyColumn(type, key.descending(), key.nullsFirst()));
      if (targets[key.attnum() - 1] < 0) {
        targets[key.attnum() - 1] = reps.size();
        reps.add(type.rep());
      }
    }
    this.keys = new Batch(reps, 1);
    for (Relation.IndexKey key : index.keys()) {
      keyColumns.add(keys.column(targets[key.attnum() - 1]));
    }
    this.encoder = new KeyEncoder(encoded);
    this.slice = new TimeSlice(context.session());
    this.builder =
        catalog
            .catalogs()
            .btree()
            .builder(
                context.session().xact(),
                catalog.index(relation, index),
                index.unique() ? this::isLive : null,
                memoryMax,
                BTreeBuilder.FILLFACTOR,
                slice);
    this.scan = table.indexBuildScan(context.session().xact());
  }

  /// How many rows the index leads to.
  long rows() {
    return rows;
  }

  @Override
  public void run() {
    TupleSink sink = this::collect;
    while (!scanned) {
      addPage();
      page.clear();
      pageNext = 0;
      scanned = !scan.next(sink, Batch.TARGET_ROWS);
      context.session().checkForInterrupts();
      slice.run();
    }
    addPage();
    while (!builder.finish()) {
      byte[] conflict = builder.conflict();
      if (conflict != null) {
        throw duplicate(conflict);
      }
    }
  }

  private void collect(long tid, MemorySegment memory, long offset, int length) {
    codec.deform(memory, offset, length, targets, keys, 0);
    boolean hasNull = KeyEncoder.hasNull(keyColumns, 0);
    if (detoaster != null && hasToasted()) {
      Batch copy = new Batch(reps, 1);
      for (int c = 0; c < copy.width(); c++) {
        copy.column(c).copy(0, keys.column(c), 0);
      }
      copy.setSize(1);
      page.add(new Entry(new byte[0], tid, hasNull, copy));
    } else {
      page.add(new Entry(encoder.encode(keyColumns, 0), tid, hasNull, null));
    }
  }

  private boolean hasToasted() {
    return keyColumns.stream()
        .anyMatch(c -> c.rep() == Rep.OBJECT && c.getObject(0) instanceof ToastedValue);
  }

  /// The key of an entry, for which a long value may have to be fetched.
  private byte[] keyOf(Entry entry) {
    Batch values = entry.unresolved;
    if (values == null || detoaster == null) {
      return entry.key;
    }
    detoaster.resolve(values, targets);
    List<Column> columns = new ArrayList<>();
    for (Relation.IndexKey key : index.keys()) {
      columns.add(values.column(targets[key.attnum() - 1]));
    }
    return encoder.encode(columns, 0);
  }

  private void addPage() {
    while (pageNext < page.size()) {
      Entry entry = page.get(pageNext);
      builder.add(keyOf(entry), entry.tid, !entry.hasNull);
      pageNext++;
      rows++;
    }
    builder.drain();
  }

  private boolean isLive(long tid) {
    Snapshot now = context.session().xact().latestSnapshot();
    return table.fetch(context.session().xact(), now, tid, TupleSink.NONE) == FetchResult.FOUND;
  }

  private PgException duplicate(byte[] conflict) {
    String values = findValues(conflict);
    PgException error =
        PgException.error(
                SqlState.UNIQUE_VIOLATION, "could not create unique index \"%s\"", index.name())
            .table(relation.namespace(), relation.name())
            .constraint(index.name());
    if (values != null) {
      List<String> names =
          index.keys().stream().map(key -> relation.column(key.attnum()).name()).toList();
      error.detail("Key (%s)=(%s) is duplicated.", String.join(", ", names), values);
    }
    return error;
  }

  /// The values that the duplicate key stands for: read from a row that has it, if one is at hand.
  private @Nullable String findValues(byte[] conflict) {
    TableScan again = table.indexBuildScan(context.session().xact());
    String[] found = new String[1];
    TupleSink sink =
        (tid, memory, offset, length) -> {
          codec.deform(memory, offset, length, targets, keys, 0);
          if (found[0] == null
              && (detoaster == null || !hasToasted())
              && java.util.Arrays.equals(encoder.encode(keyColumns, 0), conflict)) {
            found[0] = describeKey();
          }
        };
    while (found[0] == null && again.next(sink, Batch.TARGET_ROWS)) {
      // Each call looks at one page.
    }
    return found[0];
  }

  private String describeKey() {
    List<String> values = new ArrayList<>();
    EvalContext eval = context.session().evalContext();
    for (int i = 0; i < index.keys().size(); i++) {
      Column column = keyColumns.get(i);
      if (column.isNull(0)) {
        values.add("null");
        continue;
      }
      ByteWriter out = new ByteWriter();
      Types.get(relation.column(index.keys().get(i).attnum()).typeOid())
          .output(column, 0, eval, out);
      values.add(new String(out.toBytes(), StandardCharsets.UTF_8));
    }
    return String.join(", ", values);
  }
}
