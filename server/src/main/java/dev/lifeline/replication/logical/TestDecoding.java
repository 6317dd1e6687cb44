package dev.lifeline.replication.logical;

import dev.lifeline.access.transam.LogicalRecords;
import dev.lifeline.catalog.Relation;
import dev.lifeline.utils.adt.ByteWriter;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.FormatType;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.QuoteIdent;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The output plugin `test_decoding`: changes as lines of text, for people.
final class TestDecoding implements OutputPlugin {
  static final String NAME = "test_decoding";

  private static final int BIT = 1560;
  private static final int VARBIT = 1562;

  private final EvalContext context;
  private boolean includeXids = true;
  private boolean includeTimestamp;
  private boolean skipEmptyXacts;
  private boolean onlyLocal;
  private boolean begun;

  /// @param options of the client, by their names
  TestDecoding(Map<String, @Nullable String> options, EvalContext context) {
    this.context = context;
    options.forEach(this::option);
  }

  private void option(String name, @Nullable String value) {
    switch (name) {
      case "include-xids" -> includeXids = bool(name, value);
      case "include-timestamp" -> includeTimestamp = bool(name, value);
      case "skip-empty-xacts" -> skipEmptyXacts = bool(name, value);
      case "only-local" -> onlyLocal = bool(name, value);
      case "include-rewrites", "force-binary" -> {
        if (bool(name, value)) {
          throw PgException.notSupported("test_decoding option \"" + name + "\"");
        }
      }
      case "stream-changes" -> {
        if (bool(name, value)) {
          throw PgException.notSupported("streaming of transactions in progress");
        }
      }
      default ->
          throw PgException.error(
              SqlState.INVALID_PARAMETER_VALUE,
              "option \"%s\" = \"%s\" is unknown",
              name,
              value == null ? "(null)" : value);
    }
  }

  private static boolean bool(String name, @Nullable String value) {
    if (value == null) {
      return true;
    }
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "true", "t", "on", "yes", "1" -> true;
      case "false", "f", "off", "no", "0" -> false;
      default ->
          throw PgException.error(
              SqlState.INVALID_PARAMETER_VALUE,
              "could not parse value \"%s\" for parameter \"%s\"",
              value,
              name);
    };
  }

  @Override
  public boolean isText() {
    return true;
  }

  @Override
  public boolean filters(DecodedXact xact) {
    return onlyLocal && xact.origin() != null;
  }

  @Override
  public void begin(DecodedXact xact, Sink sink) {
    begun = false;
    if (!skipEmptyXacts) {
      sayBegin(xact, sink);
    }
  }

  private void sayBegin(DecodedXact xact, Sink sink) {
    if (!begun) {
      begun = true;
      write(sink, xact.firstLsn(), xact.xid(), includeXids ? "BEGIN " + xid(xact) : "BEGIN");
    }
  }

  private static String xid(DecodedXact xact) {
    return Integer.toUnsignedString((int) xact.xid());
  }

  @Override
  public void commit(DecodedXact xact, Sink sink) {
    if (!begun) {
      return;
    }
    StringBuilder text = new StringBuilder("COMMIT");
    if (includeXids) {
      text.append(' ').append(xid(xact));
    }
    if (includeTimestamp) {
      ByteWriter time = new ByteWriter();
      var column = new Column(Types.get(Types.TIMESTAMPTZ).rep(), 1);
      column.setLong(0, xact.commitTimeMicros() - EvalContext.EPOCH_SHIFT);
      Types.get(Types.TIMESTAMPTZ).output(column, 0, context, time);
      text.append(" (at ").append(string(time)).append(')');
    }
    write(sink, xact.commitLsn(), xact.xid(), text.toString());
  }

  private static String string(ByteWriter written) {
    return new String(written.array(), 0, written.size(), StandardCharsets.UTF_8);
  }

  private static void write(Sink sink, long lsn, long xid, String line) {
    sink.write(lsn, xid, line.getBytes(StandardCharsets.UTF_8));
  }

  private static String name(DecodedTable table) {
    Relation relation = table.relation();
    return QuoteIdent.quote(relation.namespace()) + "." + QuoteIdent.quote(relation.name());
  }

  @Override
  public void change(DecodedXact xact, RowChange change, Sink sink) {
    sayBegin(xact, sink);
    StringBuilder line = new StringBuilder("table ").append(name(change.table()));
    DecodedTable.Row now = change.now();
    DecodedTable.Row old = change.old();
    line.append(": ").append(change.kind()).append(':');
    switch (change.kind()) {
      case INSERT -> tuple(line, change.table(), now, false);
      case UPDATE -> {
        if (old != null) {
          line.append(" old-key:");
          tuple(line, change.table(), old, true);
          line.append(" new-tuple:");
        }
        tuple(line, change.table(), now, false);
      }
      default -> tuple(line, change.table(), old, true);
    }
    write(sink, change.lsn(), xact.xid(), line.toString());
  }

  private void tuple(
      StringBuilder line, DecodedTable table, DecodedTable.@Nullable Row row, boolean skipNulls) {
    if (row == null) {
      line.append(" (no-tuple-data)");
      return;
    }
    for (Relation.Column column : table.relation().columns()) {
      int c = column.attnum() - 1;
      if (column.dropped() || (skipNulls && row.isNull(c))) {
        continue;
      }
      PgType type = table.type(c);
      line.append(' ')
          .append(QuoteIdent.quote(column.name()))
          .append('[')
          .append(FormatType.name(type.oid()))
          .append("]:");
      if (row.isUnchanged(c)) {
        line.append("unchanged-toast-datum");
      } else if (row.isNull(c)) {
        line.append("null");
      } else {
        ByteWriter value = new ByteWriter();
        type.output(row.column(c), 0, context, value);
        literal(line, type, string(value));
      }
    }
  }

  private static void literal(StringBuilder line, PgType type, String value) {
    switch (type.oid()) {
      case Types.INT2,
          Types.INT4,
          Types.INT8,
          Types.OID,
          Types.FLOAT4,
          Types.FLOAT8,
          Types.NUMERIC ->
          line.append(value);
      case BIT, VARBIT -> line.append("B'").append(value).append('\'');
      case Types.BOOL -> line.append(value.equals("t") ? "true" : "false");
      default -> line.append('\'').append(value.replace("'", "''")).append('\'');
    }
  }

  @Override
  public void truncate(
      DecodedXact xact, long lsn, List<DecodedTable> tables, int flags, Sink sink) {
    sayBegin(xact, sink);
    StringBuilder line = new StringBuilder("table ");
    line.append(String.join(", ", tables.stream().map(TestDecoding::name).toList()));
    line.append(": TRUNCATE:");
    if (flags == 0) {
      line.append(" (no-flags)");
    }
    if ((flags & LogicalRecords.TRUNCATE_RESTART_SEQS) != 0) {
      line.append(" restart_seqs");
    }
    if ((flags & LogicalRecords.TRUNCATE_CASCADE) != 0) {
      line.append(" cascade");
    }
    write(sink, lsn, xact.xid(), line.toString());
  }

  @Override
  public void message(
      @Nullable DecodedXact xact, long lsn, String prefix, byte[] content, Sink sink) {
    // A message is no change: with skip-empty-xacts its transaction is not told, as in PostgreSQL.
    write(
        sink,
        lsn,
        xact == null ? 0 : xact.xid(),
        "message: transactional: %d prefix: %s, sz: %d content:%s"
            .formatted(
                xact == null ? 0 : 1,
                prefix,
                content.length,
                new String(content, StandardCharsets.UTF_8)));
  }
}
