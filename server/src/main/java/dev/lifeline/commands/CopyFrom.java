package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.Privilege;
import dev.lifeline.catalog.RelKind;
import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.CopySource;
import dev.lifeline.executor.RowChecks;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.executor.StoredTable;
import dev.lifeline.executor.TableWriter;
import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.executor.expr.ExprCompiler;
import dev.lifeline.executor.trigger.AfterTriggers;
import dev.lifeline.executor.trigger.TableTriggers;
import dev.lifeline.parser.analyze.Analyzer;
import dev.lifeline.parser.tree.CopyStmt;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.utils.AsyncLoop;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// COPY FROM STDIN: rows are gathered into a batch and written together.
final class CopyFrom {
  /// Bytes of text after which a batch is written, however few rows it has.
  private static final int BATCH_BYTES = 65_536;

  private final CommandContext context;
  private final SessionContext session;
  private final BackendCatalog catalog;
  private final CopyStmt statement;
  private final CopyOptions options;
  private final CopyReader reader;

  /// For the binary format, from when the columns are known on.
  private @Nullable CopyBinaryReader binary;

  private final TimeSlice slice;

  /// Which table, and how its rows are made; set when it has been opened.
  private @Nullable Target target;

  private boolean sourceEnded;
  private boolean headerPending;
  private boolean rowPending;
  private int batchBytes;
  private long rows;

  private static final class Target {
    final Relation relation;
    final StoredTable stored;
    final TableWriter writer;
    final Batch batch;

    /// For each row of the batch the line that it came from.
    final long[] lines = new long[Batch.TARGET_ROWS];

    /// The columns that the data has, in its order.
    final List<Relation.Column> fields;

    /// For each column of the table the value that it gets where the data has none.
    final List<@Nullable Evaluator> defaults;

    final boolean[] forceNotNull;
    final boolean[] forceNull;
    final @Nullable Evaluator where;
    final EvalFrame frame;

    Target(
        StoredTable stored,
        TableWriter writer,
        List<Relation.Column> fields,
        List<@Nullable Evaluator> defaults,
        CopyOptions options,
        @Nullable Evaluator where,
        EvalContext eval) {
      this.relation = stored.relation();
      this.stored = stored;
      this.writer = writer;
      this.batch = stored.newRows(Batch.TARGET_ROWS);
      this.fields = fields;
      this.defaults = defaults;
      this.forceNotNull = CopyCommand.named(fields, options.forceNotNull(), "FORCE_NOT_NULL");
      this.forceNull = CopyCommand.named(fields, options.forceNull(), "FORCE_NULL");
      this.where = where;
      this.frame = new EvalFrame(eval);
    }
  }

  CopyFrom(CommandContext context, CopyStmt statement, CopyOptions options) {
    this.context = context;
    this.session = context.session();
    this.catalog = context.catalog();
    this.statement = statement;
    this.options = options;
    this.reader = new CopyReader(options);
    this.slice = new TimeSlice(session);
    this.headerPending = options.header() != CopyOptions.Header.NONE;
  }

  Future<String> run() {
    return context
        .drive(this::open)
        .compose(opened -> {
          target = opened;
          if (options.binary()) {
            binary = new CopyBinaryReader(opened.fields.size());
          }
          CopySource source = session.copyIn(opened.fields.size(), options.binary());
          return AsyncLoop.whileTrue(() -> piece(source));
        })
        .compose(_ -> context.drive(this::writeBatch))
        .compose(_ -> context.drive(this::fireTriggers))
        .map(_ -> {
          session.xact().nextCommand();
          return "COPY " + rows;
        });
  }

  private boolean fireTriggers() {
    AfterTriggers triggers = AfterTriggers.existing(session.xact());
    if (triggers != null) {
      triggers.fireImmediate(session);
    }
    return true;
  }

  private Target open() {
    RangeVar name = Objects.requireNonNull(statement.relation());
    context.checkDatabase(name);
    Relation relation =
        catalog.open(name.schemaname(), name.relname(), name.location(), LockMode.ROW_EXCLUSIVE);
    catalog.checkAccess(relation, Privilege.INSERT);
    if (relation.kind() != RelKind.TABLE || relation.isVirtual()) {
      throw PgException.error(
          SqlState.WRONG_OBJECT_TYPE,
          "cannot copy to %s \"%s\"",
          relation.kind().noun(),
          relation.name());
    }
    SystemObjects.refuse(relation);
    List<Relation.Column> fields = CopyCommand.columns(relation, statement.attlist());
    EvalContext eval = session.evalContext();
    CatalogStorage storage = new CatalogStorage(catalog);
    StoredTable stored = new StoredTable(relation, storage, catalog, eval);
    boolean repeats = session.gucs().get(Gucs.SESSION_REPLICATION_ROLE).equals("replica");
    Evaluator where =
        statement.whereClause() == null
            ? null
            : RowChecks.compile(
                Analyzer.tableExpression(statement.whereClause(), relation, 1, catalog, eval));
    return new Target(
        stored,
        new TableWriter(
            stored,
            RowChecks.of(relation, catalog, eval),
            new EvalFrame(eval),
            repeats ? null : TableTriggers.of(stored, storage),
            BulkWriters.insert(catalog)),
        fields,
        defaults(relation, fields, eval),
        options,
        where,
        eval);
  }

  private List<@Nullable Evaluator> defaults(
      Relation relation, List<Relation.Column> fields, EvalContext eval) {
    List<@Nullable Evaluator> defaults = new ArrayList<>();
    for (Relation.Column column : relation.columns()) {
      boolean needed =
          !column.dropped()
              && column.defaultSource() != null
              && !column.isGenerated()
              && !fields.contains(column);
      defaults.add(
          needed ? ExprCompiler.of(Analyzer.defaultExpression(column, catalog, eval)) : null);
    }
    return defaults;
  }

  /// Takes the next piece of the client's data and reads the rows that it completes.
  ///
  /// @return whether there is more
  private Future<Boolean> piece(CopySource source) {
    return source
        .next()
        .compose(data -> {
          take(data);
          return AsyncLoop.whileTrue(() -> context.drive(this::rows));
        })
        .map(_ -> !sourceEnded);
  }

  private CopyRows reader() {
    CopyBinaryReader other = binary;
    return other == null ? reader : other;
  }

  private void take(@Nullable Buffer data) {
    if (data == null) {
      sourceEnded = true;
      reader().finish();
    } else {
      reader().feed(data);
    }
  }

  /// Reads rows until the batch is full, and writes it then.
  ///
  /// @return whether there may be more in the data that is here
  private boolean rows() {
    slice.run();
    Target t = Objects.requireNonNull(target);
    while (t.batch.size() < Batch.TARGET_ROWS && batchBytes < BATCH_BYTES) {
      if (!rowPending) {
        if (!nextRow(t)) {
          return false;
        }
        rowPending = true;
      }
      convert(t);
      rowPending = false;
    }
    writeBatch();
    return true;
  }

  private boolean nextRow(Target t) {
    return binary == null ? nextLine(t) : nextBinary(t, binary);
  }

  private static boolean nextBinary(Target t, CopyBinaryReader reader) {
    try {
      return reader.next();
    } catch (PgException e) {
      if (reader.line() == 0) {
        throw e;
      }
      throw e.context(fieldContext(t, reader.line(), reader.currentField()));
    }
  }

  /// @param field which field of the row; -1 for none of them
  private static String fieldContext(Target t, long line, int field) {
    String row = "COPY " + t.relation.name() + ", line " + line;
    return field < 0 ? row : row + ", column " + t.fields.get(field).name();
  }

  private boolean nextLine(Target t) {
    while (true) {
      try {
        if (!reader.next()) {
          return false;
        }
        reader.splitFields();
        if (headerPending) {
          headerPending = false;
          checkHeader(t);
          continue;
        }
        checkFieldCount(t);
        return true;
      } catch (PgException e) {
        throw e.context(lineContext(t, reader.line(), reader.rowText()));
      }
    }
  }

  private void checkHeader(Target t) {
    if (options.header() != CopyOptions.Header.MATCH) {
      return;
    }
    if (reader.fieldCount() != t.fields.size()) {
      throw PgException.error(
          SqlState.BAD_COPY_FILE_FORMAT,
          "wrong number of fields in header line: got %d, expected %d",
          reader.fieldCount(),
          t.fields.size());
    }
    for (int i = 0; i < t.fields.size(); i++) {
      String got = reader.fieldIsNull(i) ? options.nullText() : reader.field(i);
      if (!got.equals(t.fields.get(i).name())) {
        throw PgException.error(
            SqlState.BAD_COPY_FILE_FORMAT,
            "column name mismatch in header line field %d: got \"%s\", expected \"%s\"",
            i + 1,
            got,
            t.fields.get(i).name());
      }
    }
  }

  private void checkFieldCount(Target t) {
    int expected = t.fields.size();
    if (expected == 0 && reader.rowIsEmpty()) {
      return;
    }
    if (reader.fieldCount() > expected) {
      throw PgException.error(
          SqlState.BAD_COPY_FILE_FORMAT, "extra data after last expected column");
    }
  }

  /// Makes a row of the batch of the fields that were read.
  private void convert(Target t) {
    int row = t.batch.size();
    for (Relation.Column column : t.relation.columns()) {
      Evaluator value = t.defaults.get(column.attnum() - 1);
      if (value == null) {
        t.batch.column(column.attnum() - 1).setNull(row);
      } else {
        value.evalInto(t.frame, t.batch.column(column.attnum() - 1), row);
      }
    }
    for (int i = 0; i < t.fields.size(); i++) {
      if (binary == null) {
        convertField(t, i, row);
      } else {
        receiveField(t, binary, i, row);
      }
    }
    batchBytes += reader().rowLength();
    if (t.where != null) {
      t.frame.input = t.batch;
      t.frame.row = row;
      if (!t.where.isTrue(t.frame)) {
        t.frame.rowDone();
        return;
      }
    }
    t.frame.rowDone();
    t.lines[row] = reader().line();
    t.batch.setSize(row + 1);
  }

  private static void receiveField(Target t, CopyBinaryReader reader, int i, int row) {
    Relation.Column column = t.fields.get(i);
    Column out = t.batch.column(column.attnum() - 1);
    if (reader.fieldIsNull(i)) {
      out.setNull(row);
      return;
    }
    try {
      t.stored
          .types()
          .get(column.attnum() - 1)
          .ops()
          .receive(
              reader.fields(),
              reader.fieldOffset(i),
              reader.fieldLength(i),
              column.typmod(),
              t.frame.context(),
              out,
              row);
    } catch (PgException e) {
      throw e.context(fieldContext(t, reader.line(), i));
    }
  }

  private void convertField(Target t, int i, int row) {
    Relation.Column column = t.fields.get(i);
    if (i >= reader.fieldCount()) {
      // Only now: what is wrong with the fields before it is told first.
      throw PgException.error(
          SqlState.BAD_COPY_FILE_FORMAT, "missing data for column \"%s\"", column.name());
    }
    Column out = t.batch.column(column.attnum() - 1);
    PgType type = t.stored.types().get(column.attnum() - 1);
    boolean isNull = reader.fieldIsNull(i);
    if (isNull && !t.forceNotNull[i]) {
      out.setNull(row);
      return;
    }
    if (t.forceNull[i] && reader.fieldIsQuoted(i) && reader.field(i).equals(options.nullText())) {
      out.setNull(row);
      return;
    }
    try {
      if (isNull) {
        byte[] text = options.nullText().getBytes(StandardCharsets.UTF_8);
        type.ops().input(text, 0, text.length, column.typmod(), t.frame.context(), out, row);
      } else {
        type.ops()
            .input(
                reader.fields(),
                reader.fieldOffset(i),
                reader.fieldLength(i),
                column.typmod(),
                t.frame.context(),
                out,
                row);
      }
    } catch (PgException e) {
      String value = isNull ? options.nullText() : reader.field(i);
      throw e.context(fieldContext(t, reader.line(), i) + ": \"" + limited(value) + "\"");
    }
  }

  /// Writes the rows of the batch; called again after each wait.
  private boolean writeBatch() {
    Target t = Objects.requireNonNull(target);
    session.checkForInterrupts();
    if (t.batch.size() > 0) {
      try {
        t.writer.insertAll(session.xact(), t.batch);
      } catch (PgException e) {
        throw e.context("COPY " + t.relation.name() + ", line " + t.lines[t.writer.currentRow()]);
      }
      rows += t.batch.size();
      t.batch.setSize(0);
    }
    batchBytes = 0;
    return true;
  }

  private static String lineContext(Target t, long line, String text) {
    return "COPY " + t.relation.name() + ", line " + line + ": \"" + limited(text) + "\"";
  }

  /// Long values are cut in messages.
  private static String limited(String text) {
    String cut = ObjectNames.truncate(text, 100);
    return cut.equals(text) ? text : cut + "...";
  }
}
