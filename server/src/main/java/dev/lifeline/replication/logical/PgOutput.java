package dev.lifeline.replication.logical;

import dev.lifeline.access.transam.LogicalRecords;
import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.Publications;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.SessionCatalog;
import dev.lifeline.utils.adt.ByteWriter;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// The output plugin `pgoutput`: the logical replication protocol of PostgreSQL, version 1 and what
/// versions 2 and 3 have without streaming and prepared transactions, for subscriptions.
///
/// A transaction of which nothing is published is not told at all. A table is described before its
/// first change, and again when it looks different.
final class PgOutput implements OutputPlugin {
  static final String NAME = "pgoutput";

  private final PgOutputOptions options;
  private final SessionCatalog catalog;
  private final EvalContext context;

  /// The names of origins by their numbers.
  private final IntFunction<@Nullable String> origins;

  /// What was told of each table last, by its oid.
  private final Map<Integer, PublishedTable> told = new HashMap<>();

  private final Map<Integer, String> originNames = new HashMap<>(0);

  private boolean begun;

  PgOutput(
      PgOutputOptions options,
      SessionCatalog catalog,
      EvalContext context,
      IntFunction<@Nullable String> origins) {
    this.options = options;
    this.catalog = catalog;
    this.context = context;
    this.origins = origins;
  }

  @Override
  public boolean isText() {
    return false;
  }

  @Override
  public boolean filters(DecodedXact xact) {
    return false;
  }

  @Override
  public void prepare(DecodedXact xact, @Nullable DecodedTable table) {
    LogicalRecords.Origin origin = xact.origin();
    if (table != null) {
      published(table);
    } else if (origin != null && !originNames.containsKey(origin.id())) {
      String name = origins.apply(origin.id());
      if (name != null) {
        originNames.put(origin.id(), name);
      }
    }
  }

  @Override
  public void begin(DecodedXact xact, Sink sink) {
    begun = false;
  }

  private void sayBegin(DecodedXact xact, Sink sink) {
    if (begun) {
      return;
    }
    begun = true;
    ByteWriter out = new ByteWriter(32);
    out.int8('B');
    out.int64(xact.commitLsn());
    out.int64(xact.commitTimeMicros() - EvalContext.EPOCH_SHIFT);
    out.int32((int) xact.xid());
    sink.write(xact.firstLsn(), xact.xid(), out.toBytes());
    LogicalRecords.Origin origin = xact.origin();
    String name = origin == null ? null : originNames.get(origin.id());
    if (origin != null && name != null) {
      out.clear();
      out.int8('O');
      out.int64(origin.remoteLsn());
      out.cstring(name);
      sink.write(xact.firstLsn(), xact.xid(), out.toBytes());
    }
  }

  @Override
  public void commit(DecodedXact xact, Sink sink) {
    if (!begun) {
      return;
    }
    ByteWriter out = new ByteWriter(32);
    out.int8('C');
    out.int8(0);
    out.int64(xact.commitLsn());
    out.int64(xact.endLsn());
    out.int64(xact.commitTimeMicros() - EvalContext.EPOCH_SHIFT);
    sink.write(xact.endLsn(), xact.xid(), out.toBytes());
  }

  private PublishedTable published(DecodedTable table) {
    PublishedTable known = told.get(table.relation().oid());
    if (known != null && Arrays.equals(known.table().descriptor(), table.descriptor())) {
      return known;
    }
    checkPublications(table);
    PublishedTable made = PublishedTable.of(table, options.publications(), catalog, context);
    told.put(table.relation().oid(), made);
    return made;
  }

  /// A table may be missing in a publication because there is none of that name any more: then the
  /// subscriber must hear of it, and not get a stream that lacks what it waits for. PostgreSQL
  /// looks at the catalog as it was when the row was changed, and so never gets over such a change;
  /// we look at the catalog as it is now, and a new publication of that name lets the stream go on.
  private void checkPublications(DecodedTable table) {
    List<String> of =
        table.relation().replication().publications().stream()
            .map(Relation.Publication::name)
            .toList();
    for (String name : options.publications()) {
      if (!of.contains(name)
          && catalog instanceof BackendCatalog full
          && new Publications(full.reader()).byName(name) == null) {
        throw PgException.error(
            SqlState.UNDEFINED_OBJECT, "publication \"%s\" does not exist", name);
      }
    }
  }

  @Override
  public void change(DecodedXact xact, RowChange change, Sink sink) {
    PublishedTable table = published(change.table());
    PublishedTable.Told toTell = table.decide(change);
    if (toTell == null) {
      return;
    }
    sayBegin(xact, sink);
    describe(xact, table, change.lsn(), sink);
    ByteWriter out = new ByteWriter(128);
    int oid = table.table().relation().oid();
    DecodedTable.Row now = toTell.now();
    DecodedTable.Row old = toTell.old();
    switch (toTell.kind()) {
      case INSERT -> {
        out.int8('I');
        out.int32(oid);
      }
      case UPDATE -> {
        out.int8('U');
        out.int32(oid);
        if (old != null) {
          out.int8(change.identity());
          tuple(out, table, old);
        }
      }
      default -> {
        out.int8('D');
        out.int32(oid);
        if (old != null) {
          out.int8(change.identity());
          tuple(out, table, old);
        }
      }
    }
    if (now != null) {
      out.int8('N');
      tuple(out, table, now);
    }
    sink.write(change.lsn(), xact.xid(), out.toBytes());
  }

  private void describe(DecodedXact xact, PublishedTable table, long lsn, Sink sink) {
    if (table.wasDescribed()) {
      return;
    }
    table.described();
    Relation relation = table.table().relation();
    ByteWriter out = new ByteWriter(128);
    out.int8('R');
    out.int32(relation.oid());
    out.cstring(relation.namespace().equals("pg_catalog") ? "" : relation.namespace());
    out.cstring(relation.name());
    Relation.Replication replication = relation.replication();
    out.int8(replication.identity());
    out.int16(table.columns().size());
    for (Relation.Column column : table.columns()) {
      boolean key =
          replication.identity() == 'f' || replication.keyColumns().contains(column.attnum());
      out.int8(key ? 1 : 0);
      out.cstring(column.name());
      out.int32(column.typeOid());
      out.int32(column.typmod());
    }
    sink.write(lsn, xact.xid(), out.toBytes());
  }

  private void tuple(ByteWriter out, PublishedTable table, DecodedTable.Row row) {
    out.int16(table.columns().size());
    for (Relation.Column column : table.columns()) {
      int c = column.attnum() - 1;
      if (row.isUnchanged(c)) {
        out.int8('u');
      } else if (row.isNull(c)) {
        out.int8('n');
      } else {
        out.int8(options.binary() ? 'b' : 't');
        int length = out.reserve(4);
        if (options.binary()) {
          table.table().type(c).ops().send(row.column(c), 0, context, out);
        } else {
          table.table().type(c).output(row.column(c), 0, context, out);
        }
        out.setInt32(length, out.size() - length - 4);
      }
    }
  }

  @Override
  public void truncate(
      DecodedXact xact, long lsn, List<DecodedTable> tables, int flags, Sink sink) {
    List<PublishedTable> published =
        tables.stream().map(this::published).filter(PublishedTable::truncates).toList();
    if (published.isEmpty()) {
      return;
    }
    sayBegin(xact, sink);
    ByteWriter out = new ByteWriter(32);
    out.int8('T');
    out.int32(published.size());
    out.int8(flags);
    for (PublishedTable table : published) {
      describe(xact, table, lsn, sink);
      out.int32(table.table().relation().oid());
    }
    sink.write(lsn, xact.xid(), out.toBytes());
  }

  @Override
  public void message(
      @Nullable DecodedXact xact, long lsn, String prefix, byte[] content, Sink sink) {
    if (!options.messages()) {
      return;
    }
    if (xact != null) {
      sayBegin(xact, sink);
    }
    ByteWriter out = new ByteWriter(32 + content.length);
    out.int8('M');
    out.int8(xact == null ? 0 : 1);
    out.int64(lsn);
    byte[] bytes = prefix.getBytes(StandardCharsets.UTF_8);
    out.bytes(bytes);
    out.int8(0);
    out.int32(content.length);
    out.bytes(content);
    sink.write(lsn, xact == null ? 0 : xact.xid(), out.toBytes());
  }
}
