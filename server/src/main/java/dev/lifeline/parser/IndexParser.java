package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.IndexElem;
import dev.lifeline.parser.tree.IndexStmt;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.parser.tree.SortByDir;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// CREATE INDEX, and the elements that indexes, exclusion constraints and ON CONFLICT share.
final class IndexParser {
  /// The access method of an index where none is named.
  static final String DEFAULT_INDEX_TYPE = "btree";

  private final Grammar g;
  private final Cursor c;

  IndexParser(Grammar g) {
    this.g = g;
    this.c = g.cursor;
  }

  /// `index_elem`
  IndexElem indexElem() {
    if (c.accept('(')) {
      Expr expr = g.expr.aExpr();
      c.expect(')');
      return options(null, expr);
    }
    if (g.function.atWindowlessOnly()) {
      return options(null, g.function.windowless());
    }
    return options(c.colId(), null);
  }

  /// `index_elem_options`
  private IndexElem options(@Nullable String name, @Nullable Expr expr) {
    List<String> collation = c.accept(COLLATE) ? c.anyName() : List.of();
    List<String> opclass = List.of();
    List<DefElem> opclassOptions = List.of();
    if (c.atColId()) {
      opclass = c.anyName();
      if (c.at('(')) {
        opclassOptions = g.utility().definitions.relOptions();
      }
    }
    SortByDir ordering = g.select.ascDesc();
    return new IndexElem(
        name, expr, collation, opclass, opclassOptions, ordering, g.select.nullsOrder());
  }

  /// `access_method_clause`
  String accessMethod() {
    return c.accept(USING) ? c.colId() : DEFAULT_INDEX_TYPE;
  }

  /// `IndexStmt`; CREATE has been read.
  IndexStmt createIndex() {
    boolean unique = c.accept(UNIQUE);
    c.expect(INDEX);
    boolean concurrent = c.accept(CONCURRENTLY);
    boolean ifNotExists = c.ifNotExists();
    String name = ifNotExists || c.atColId() ? c.colId() : null;
    c.expect(ON);
    RangeVar relation = g.from.relationExpr();
    String method = accessMethod();
    List<IndexElem> params = c.parenthesized(this::indexElem);
    List<IndexElem> including = c.accept(INCLUDE) ? c.parenthesized(this::indexElem) : List.of();
    boolean nullsNotDistinct = g.expr.operators().optUniqueNullTreatment();
    List<DefElem> options = c.accept(WITH) ? g.utility().definitions.relOptions() : List.of();
    String tablespace = c.accept(TABLESPACE) ? c.colId() : null;
    Expr where = c.accept(WHERE) ? g.expr.aExpr() : null;
    return new IndexStmt(
        name,
        relation,
        method,
        tablespace,
        params,
        including,
        options,
        where,
        unique,
        nullsNotDistinct,
        concurrent,
        ifNotExists);
  }
}
