package dev.lifeline.tcop;

import dev.lifeline.parser.tree.AConst;
import dev.lifeline.parser.tree.AExpr;
import dev.lifeline.parser.tree.BoolExpr;
import dev.lifeline.parser.tree.DeleteStmt;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.InsertStmt;
import dev.lifeline.parser.tree.ParamRef;
import dev.lifeline.parser.tree.ResTarget;
import dev.lifeline.parser.tree.SelectStmt;
import dev.lifeline.parser.tree.SetOperation;
import dev.lifeline.parser.tree.Stmt;
import dev.lifeline.parser.tree.UpdateStmt;
import dev.lifeline.parser.tree.Value;
import dev.lifeline.utils.adt.Types;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Takes the literals out of a statement, so that statements that differ only in these share a
/// plan: each becomes a parameter.
///
/// Only where that changes nothing else: in comparisons and arithmetic of WHERE, in the values of
/// INSERT and of UPDATE's SET. Elsewhere (in what is returned, grouped or sorted by) a literal is
/// part of what the statement means.
final class LiteralExtractor {
  /// A literal that was taken out.
  ///
  /// @param typeOid its type, or 0 for a quoted string, whose type its use tells
  /// @param location where it stands, in bytes
  record Literal(int typeOid, String text, int location) {}

  /// A statement without its literals.
  ///
  /// @param shape its text, with a mark for each of them
  record Extracted(Stmt tree, String shape, List<Literal> literals) {}

  private final byte[] text;
  private final List<Literal> literals = new ArrayList<>();

  private LiteralExtractor(byte[] text) {
    this.text = text;
  }

  /// Null where there is nothing to take out.
  static @Nullable Extracted extract(Stmt tree, String queryText, int start, int length) {
    LiteralExtractor extractor = new LiteralExtractor(queryText.getBytes(StandardCharsets.UTF_8));
    int begin = Math.max(0, start);
    int end = length == 0 ? extractor.text.length : start + length;
    if (extractor.mayHaveParameters(begin, end)) {
      return null;
    }
    Stmt replaced = extractor.replace(tree);
    if (replaced == null || extractor.literals.isEmpty()) {
      return null;
    }
    String shape = extractor.shape(begin, end);
    return shape == null ? null : new Extracted(replaced, shape, List.copyOf(extractor.literals));
  }

  /// Whether there is anything like `$1`, be it within a string: the literals take the numbers of
  /// the statement's own parameters, wherever these stand.
  private boolean mayHaveParameters(int start, int end) {
    for (int at = start; at + 1 < end; at++) {
      if (text[at] == '$' && text[at + 1] >= '0' && text[at + 1] <= '9') {
        return true;
      }
    }
    return false;
  }

  private @Nullable Stmt replace(Stmt tree) {
    return switch (tree) {
      case SelectStmt select -> select(select);
      case UpdateStmt update -> {
        List<ResTarget> targets = new ArrayList<>();
        for (ResTarget target : update.targetList()) {
          Expr value = target.val();
          targets.add(
              new ResTarget(
                  target.name(),
                  target.indirection(),
                  value == null ? null : value(value),
                  target.location()));
        }
        yield new UpdateStmt(
            update.relation(),
            targets,
            update.fromClause(),
            optional(update.whereClause()),
            update.returningList(),
            update.withClause());
      }
      case DeleteStmt delete ->
          new DeleteStmt(
              delete.relation(),
              delete.usingClause(),
              optional(delete.whereClause()),
              delete.returningList(),
              delete.withClause());
      case InsertStmt insert -> insert(insert);
      default -> null;
    };
  }

  private @Nullable Stmt select(SelectStmt select) {
    if (select.op() != SetOperation.NONE
        || !select.valuesLists().isEmpty()
        || !select.groupClause().isEmpty()
        || select.distinct()) {
      return null;
    }
    return select.withWhereClause(optional(select.whereClause()));
  }

  private @Nullable Stmt insert(InsertStmt insert) {
    SelectStmt source = insert.selectStmt();
    if (source == null
        || source.valuesLists().size() != 1
        || source.withClause() != null
        || insert.onConflictClause() != null) {
      return null;
    }
    List<Expr> row = new ArrayList<>();
    source.valuesLists().getFirst().forEach(value -> row.add(value(value)));
    return new InsertStmt(
        insert.relation(),
        insert.cols(),
        source.withValuesLists(List.of(row)),
        insert.onConflictClause(),
        insert.returningList(),
        insert.withClause(),
        insert.override());
  }

  private @Nullable Expr optional(@Nullable Expr expr) {
    return expr == null ? null : value(expr);
  }

  private Expr value(Expr expr) {
    return switch (expr) {
      case AConst constant -> constant(constant);
      case BoolExpr bool ->
          new BoolExpr(bool.op(), bool.args().stream().map(this::value).toList(), bool.location());
      case AExpr op when op.kind() == AExpr.Kind.OP ->
          new AExpr(
              op.kind(), op.name(), optional(op.lexpr()), optional(op.rexpr()), op.location());
      default -> expr;
    };
  }

  private Expr constant(AConst constant) {
    int location = constant.location();
    if (location < 0 || location >= text.length) {
      return constant;
    }
    Literal literal =
        switch (constant.value()) {
          case Value.Int number when isNumberAt(location) ->
              new Literal(Types.INT4, Integer.toString(number.value()), location);
          case Value.Str string when text[location] == '\'' ->
              new Literal(0, string.value(), location);
          default -> null;
        };
    if (literal == null) {
      return constant;
    }
    literals.add(literal);
    return new ParamRef(literals.size(), location);
  }

  private boolean isNumberAt(int location) {
    byte first = text[location];
    return first == '-' || (first >= '0' && first <= '9');
  }

  /// The text with marks in the place of the literals, or null where one of them is not written as
  /// expected. Their order in the text tells which parameter each mark is.
  private @Nullable String shape(int start, int end) {
    List<Literal> ordered = new ArrayList<>(literals);
    ordered.sort(Comparator.comparingInt(Literal::location));
    StringBuilder out = new StringBuilder(end - start + 16);
    int at = start;
    for (Literal literal : ordered) {
      if (literal.location() < at || literal.location() >= end) {
        return null;
      }
      out.append(new String(text, at, literal.location() - at, StandardCharsets.UTF_8));
      out.append(literal.typeOid() == 0 ? "\u0001s" : "\u0001i").append(literals.indexOf(literal));
      at =
          literal.typeOid() == 0
              ? endOfString(literal.location())
              : endOfNumber(literal.location());
    }
    out.append(new String(text, at, Math.max(0, end - at), StandardCharsets.UTF_8));
    return out.toString();
  }

  private int endOfNumber(int location) {
    int at = location;
    while (at < text.length && (text[at] == '-' || text[at] == ' ')) {
      at++;
    }
    while (at < text.length && (Character.isLetterOrDigit(text[at]) || text[at] == '_')) {
      at++;
    }
    return at;
  }

  private int endOfString(int location) {
    int at = location + 1;
    while (at < text.length) {
      if (text[at] == '\'') {
        if (at + 1 < text.length && text[at + 1] == '\'') {
          at++;
        } else {
          return at + 1;
        }
      }
      at++;
    }
    return at;
  }
}
