package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.Privilege;
import dev.lifeline.catalog.RelKind;
import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.CopySink;
import dev.lifeline.executor.DestReceiver;
import dev.lifeline.executor.ResultColumn;
import dev.lifeline.parser.Parser;
import dev.lifeline.parser.tree.CopyStmt;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.parser.tree.SelectStmt;
import dev.lifeline.parser.tree.Stmt;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.utils.adt.ByteWriter;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.QuoteIdent;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// COPY TO STDOUT, of a table or of a query's rows.
final class CopyTo {
  private final CommandContext context;
  private final BackendCatalog catalog;
  private final CopyStmt statement;
  private final CopyOptions options;
  private long rows;

  CopyTo(CommandContext context, CopyStmt statement, CopyOptions options) {
    this.context = context;
    this.catalog = context.catalog();
    this.statement = statement;
    this.options = options;
  }

  Future<String> run() {
    return context
        .drive(() -> InnerQuery.plan(context, query()))
        .compose(query -> {
          List<ResultColumn> columns = Objects.requireNonNullElse(query.columns(), List.of());
          CopySink sink = context.session().copyOut(columns.size(), options.binary());
          Writer writer = new Writer(columns, sink);
          return writer
              .header()
              .compose(_ -> query.run(writer))
              .compose(_ -> writer.end())
              .map(_ -> {
                sink.end();
                return "COPY " + rows;
              });
        });
  }

  /// What is copied, as a query.
  private Stmt query() {
    Stmt query = statement.query();
    if (query != null) {
      if (!(query instanceof SelectStmt)) {
        throw PgException.notSupported("COPY of a statement that changes data");
      }
      return query;
    }
    RangeVar name = Objects.requireNonNull(statement.relation());
    context.checkDatabase(name);
    Relation relation =
        catalog.open(name.schemaname(), name.relname(), name.location(), LockMode.ACCESS_SHARE);
    if (relation.kind() != RelKind.TABLE) {
      throw PgException.error(
              SqlState.WRONG_OBJECT_TYPE,
              "cannot copy from %s \"%s\"",
              relation.kind().noun(),
              relation.name())
          .hint("Try the COPY (SELECT ...) TO variant.");
    }
    catalog.checkAccess(relation, Privilege.SELECT);
    List<String> names = new ArrayList<>();
    for (Relation.Column column : CopyCommand.columns(relation, statement.attlist())) {
      names.add(QuoteIdent.quote(column.name()));
    }
    String sql =
        "SELECT "
            + String.join(", ", names)
            + " FROM "
            + QuoteIdent.quote(relation.namespace())
            + "."
            + QuoteIdent.quote(relation.name());
    return Parser.parse(sql).getFirst().stmt();
  }

  /// Writes rows in the format that is asked for.
  private final class Writer implements DestReceiver {
    private final List<ResultColumn> columns;
    private final List<PgType> types = new ArrayList<>();
    private final CopySink sink;
    private final boolean[] forceQuote;
    private final byte[] nullText;
    private final EvalContext eval = context.session().evalContext();
    private final ByteWriter value = new ByteWriter(256);
    private final ByteWriter out = new ByteWriter(8192);

    Writer(List<ResultColumn> columns, CopySink sink) {
      this.columns = columns;
      this.sink = sink;
      this.nullText = options.nullText().getBytes(StandardCharsets.UTF_8);
      this.forceQuote = new boolean[columns.size()];
      List<String> quoted = options.forceQuote();
      for (int i = 0; i < columns.size(); i++) {
        types.add(Types.get(columns.get(i).typeOid()));
        forceQuote[i] = quoted == null || quoted.contains(columns.get(i).name());
      }
    }

    Future<Void> header() {
      if (options.binary()) {
        out.bytes(CopyBinaryReader.SIGNATURE);
        // No flags, no extension of the header. It goes with the first rows, or with the end.
        out.int32(0);
        out.int32(0);
        return Future.succeededFuture();
      }
      if (options.header() == CopyOptions.Header.NONE) {
        return Future.succeededFuture();
      }
      for (int i = 0; i < columns.size(); i++) {
        if (i > 0) {
          out.int8(options.delimiter());
        }
        byte[] name = columns.get(i).name().getBytes(StandardCharsets.UTF_8);
        if (options.csv()) {
          writeCsv(name, name.length, false);
        } else {
          writeText(name, name.length);
        }
      }
      out.int8('\n');
      sendRow();
      return Objects.requireNonNullElse(sink.room(), Future.succeededFuture());
    }

    @Override
    public @Nullable Future<Void> receive(Batch batch, int from, int to) {
      for (int row = from; row < to; row++) {
        if (options.binary()) {
          writeBinary(batch, row);
        } else {
          writeLine(batch, row);
        }
        sendRow();
      }
      rows += to - from;
      return sink.room();
    }

    private void writeLine(Batch batch, int row) {
      for (int i = 0; i < types.size(); i++) {
        if (i > 0) {
          out.int8(options.delimiter());
        }
        if (batch.column(i).isNull(row)) {
          out.bytes(nullText);
          continue;
        }
        value.clear();
        types.get(i).output(batch.column(i), row, eval, value);
        if (options.csv()) {
          writeCsv(value.array(), value.size(), forceQuote[i]);
        } else {
          writeText(value.array(), value.size());
        }
      }
      out.int8('\n');
    }

    private void writeBinary(Batch batch, int row) {
      out.int16(types.size());
      for (int i = 0; i < types.size(); i++) {
        if (batch.column(i).isNull(row)) {
          out.int32(-1);
          continue;
        }
        int length = out.reserve(4);
        types.get(i).ops().send(batch.column(i), row, eval, out);
        out.setInt32(length, out.size() - length - 4);
      }
    }

    /// What is written behind the last row.
    Future<Void> end() {
      if (options.binary()) {
        out.int16(-1);
        sendRow();
      }
      return Objects.requireNonNullElse(sink.room(), Future.succeededFuture());
    }

    /// In binary format the header comes with the first row.
    private void sendRow() {
      sink.send(out);
      out.clear();
    }

    private void writeText(byte[] bytes, int length) {
      for (int i = 0; i < length; i++) {
        byte b = bytes[i];
        int letter =
            switch (b) {
              case '\b' -> 'b';
              case '\f' -> 'f';
              case '\n' -> 'n';
              case '\r' -> 'r';
              case '\t' -> 't';
              case 11 -> 'v';
              case '\\' -> '\\';
              default -> b == options.delimiter() ? b : 0;
            };
        if (letter != 0) {
          out.int8('\\');
          out.int8(letter);
        } else {
          out.int8(b);
        }
      }
    }

    private void writeCsv(byte[] bytes, int length, boolean force) {
      if (!force && !needsQuotes(bytes, length)) {
        out.bytes(bytes, 0, length);
        return;
      }
      out.int8(options.quote());
      for (int i = 0; i < length; i++) {
        if (bytes[i] == options.quote() || bytes[i] == options.escape()) {
          out.int8(options.escape());
        }
        out.int8(bytes[i]);
      }
      out.int8(options.quote());
    }

    /// A value that a reader would take for null, for the end, or for more than one.
    private boolean needsQuotes(byte[] bytes, int length) {
      if (Arrays.equals(bytes, 0, length, nullText, 0, nullText.length)
          || (types.size() == 1 && length == 2 && bytes[0] == '\\' && bytes[1] == '.')) {
        return true;
      }
      for (int i = 0; i < length; i++) {
        byte b = bytes[i];
        if (b == options.delimiter() || b == options.quote() || b == '\n' || b == '\r') {
          return true;
        }
      }
      return false;
    }
  }
}
