package dev.lifeline.executor;

import dev.lifeline.access.common.KeyEncoder;
import dev.lifeline.access.common.TupleCodec;
import dev.lifeline.access.index.IndexEntry;
import dev.lifeline.catalog.IndexLayout;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.SessionCatalog;
import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.parser.analyze.Analyzer;
import dev.lifeline.utils.adt.ByteWriter;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// How the entries of an index are made from the rows of its table: which rows it has, and the key
/// of each. Immutable; [Keys] does it for one execution.
public final class IndexForm {
  /// By which number an index's expressions know the columns of the table.
  private static final int RANGE = 1;

  private final Relation.Index index;
  private final KeyEncoder encoder;
  private final List<PgType> types = new ArrayList<>();

  /// For each key the column of a whole row, from 0; -1 for an expression.
  private final int[] plain;

  private final @Nullable Evaluator[] expressions;
  private final @Nullable Evaluator predicate;
  private final List<Integer> needed;
  private final IndexLayout layout;

  /// Of the values beside the key.
  private final TupleCodec storedCodec;

  private IndexForm(
      Relation relation, Relation.Index index, SessionCatalog catalog, EvalContext context) {
    this.index = index;
    int count = index.keys().size();
    this.plain = new int[count];
    this.expressions = new Evaluator[count];
    TreeSet<Integer> columns = new TreeSet<>();
    List<KeyEncoder.KeyColumn> encoded = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Relation.IndexKey key = index.keys().get(i);
      Relation.KeyExpression expression = key.expression();
      PgType type;
      if (expression == null) {
        plain[i] = key.attnum() - 1;
        columns.add(plain[i]);
        type = Types.get(relation.column(key.attnum()).typeOid());
      } else {
        plain[i] = -1;
        Expression analyzed =
            Analyzer.indexExpression(expression.source(), relation, RANGE, catalog, context);
        gather(analyzed, columns);
        expressions[i] = RowChecks.compile(analyzed);
        type = Types.get(expression.typeOid());
      }
      types.add(type);
      encoded.add(new KeyEncoder.KeyColumn(type, key.descending(), key.nullsFirst()));
    }
    this.encoder = new KeyEncoder(encoded);
    String condition = index.predicate();
    if (condition == null) {
      this.predicate = null;
    } else {
      Expression analyzed = Analyzer.indexPredicate(condition, relation, RANGE, catalog, context);
      gather(analyzed, columns);
      this.predicate = RowChecks.compile(analyzed);
    }
    this.layout = IndexLayout.of(relation, index);
    List<PgType> storedTypes = new ArrayList<>();
    for (int attnum : layout.stored()) {
      columns.add(attnum - 1);
      storedTypes.add(Types.get(relation.column(attnum).typeOid()));
    }
    this.storedCodec = new TupleCodec(storedTypes);
    this.needed = List.copyOf(columns);
  }

  public static IndexForm of(
      Relation relation, Relation.Index index, SessionCatalog catalog, EvalContext context) {
    return new IndexForm(relation, index, catalog, context);
  }

  private static void gather(Expression expr, Set<Integer> columns) {
    if (expr instanceof Var var) {
      columns.add(var.attno() - 1);
    }
    expr.children().forEach(child -> gather(child, columns));
  }

  public KeyEncoder encoder() {
    return encoder;
  }

  /// Where the entries have the values of columns.
  public IndexLayout layout() {
    return layout;
  }

  public TupleCodec storedCodec() {
    return storedCodec;
  }

  /// The columns of a whole row, from 0, that decide about its entry.
  public List<Integer> needed() {
    return needed;
  }

  /// The types of the keys.
  public List<PgType> types() {
    return types;
  }

  /// Makes the entries of rows, one after the other.
  ///
  /// @param frame for expressions: its input is set here
  public Keys newKeys(EvalFrame frame) {
    return new Keys(frame);
  }

  /// The entry of one row at a time.
  public final class Keys {
    private final EvalFrame frame;
    private final Column[] values = new Column[plain.length];
    private final List<Column> stored = new ArrayList<>();
    private final @Nullable Column[] computed = new Column[plain.length];
    private @Nullable Batch columnsOf;
    private int row;

    Keys(EvalFrame frame) {
      this.frame = frame;
      for (int i = 0; i < plain.length; i++) {
        Evaluator expression = expressions[i];
        if (expression != null) {
          computed[i] = new Column(expression.rep(), 1);
        }
      }
    }

    /// Looks at a row.
    ///
    /// @param rows its first columns are the table's
    /// @return whether the index has an entry for it
    public boolean of(Batch rows, int newRow) {
      row = newRow;
      use(rows);
      if (predicate == null && !hasExpressions()) {
        return true;
      }
      frame.input = rows;
      frame.row = newRow;
      boolean has = predicate == null || predicate.isTrue(frame);
      for (int i = 0; has && i < plain.length; i++) {
        Column column = computed[i];
        Evaluator expression = expressions[i];
        if (column != null && expression != null) {
          expression.evalInto(frame, column, 0);
        }
      }
      frame.rowDone();
      return has;
    }

    private boolean hasExpressions() {
      for (int column : plain) {
        if (column < 0) {
          return true;
        }
      }
      return false;
    }

    private void use(Batch rows) {
      if (columnsOf == rows) {
        return;
      }
      columnsOf = rows;
      for (int i = 0; i < plain.length; i++) {
        Column column = computed[i];
        values[i] = column == null ? rows.column(plain[i]) : column;
      }
      stored.clear();
      layout.stored().forEach(attnum -> stored.add(rows.column(attnum - 1)));
    }

    private int rowOf(int key) {
      return plain[key] < 0 ? 0 : row;
    }

    /// Whether the row can conflict with another one, if the index is unique.
    public boolean canConflict() {
      if (index.nullsNotDistinct()) {
        return true;
      }
      for (int i = 0; i < values.length; i++) {
        if (values[i].isNull(rowOf(i))) {
          return false;
        }
      }
      return true;
    }

    /// Writes the row's key.
    public void encode(ByteWriter out) {
      for (int i = 0; i < values.length; i++) {
        encoder.encodeColumn(i, values[i], rowOf(i), out);
      }
    }

    /// Writes the row's entry: the key, and what is stored beside it.
    public void encodeEntry(ByteWriter out) {
      int from = out.size();
      encode(out);
      if (layout.storesValues()) {
        int keyLength = out.size() - from;
        storedCodec.form(stored, row, out);
        IndexEntry.end(out, keyLength);
      }
    }

    /// The row's key, as messages have it: its values in their text form.
    public String describe(EvalContext context) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < values.length; i++) {
        text.append(text.isEmpty() ? "" : ", ");
        if (values[i].isNull(rowOf(i))) {
          text.append("null");
        } else {
          ByteWriter out = new ByteWriter(32);
          types.get(i).output(values[i], rowOf(i), context, out);
          text.append(new String(out.toBytes(), StandardCharsets.UTF_8));
        }
      }
      return text.toString();
    }
  }

  /// What the keys are called, as messages have it: `a, lower(b)`.
  public String describeNames(Relation relation) {
    StringBuilder names = new StringBuilder();
    for (Relation.IndexKey key : index.keys()) {
      Relation.KeyExpression expression = key.expression();
      names
          .append(names.isEmpty() ? "" : ", ")
          .append(expression == null ? relation.keyText(key) : expression.source());
    }
    return names.toString();
  }
}
