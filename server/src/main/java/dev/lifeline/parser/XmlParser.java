package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.AConst;
import dev.lifeline.parser.tree.CoercionForm;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.RangeTableFunc;
import dev.lifeline.parser.tree.RangeTableFuncCol;
import dev.lifeline.parser.tree.ResTarget;
import dev.lifeline.parser.tree.TableRef;
import dev.lifeline.parser.tree.TypeName;
import dev.lifeline.parser.tree.Value;
import dev.lifeline.parser.tree.XmlExpr;
import dev.lifeline.parser.tree.XmlSerialize;
import dev.lifeline.utils.error.PgException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The XML functions, and XMLTABLE.
final class XmlParser {
  // PostgreSQL's numbers for what XMLROOT says of `standalone`.
  static final int STANDALONE_YES = 0;
  static final int STANDALONE_NO = 1;
  static final int STANDALONE_NO_VALUE = 2;
  static final int STANDALONE_OMITTED = 3;

  private final Grammar g;
  private final Cursor c;

  XmlParser(Grammar g) {
    this.g = g;
    this.c = g.cursor;
  }

  Expr expression() {
    int kind = c.peek();
    int location = c.advance();
    c.expect('(');
    Expr expr =
        switch (kind) {
          case XMLCONCAT -> xml(XmlExpr.Op.CONCAT, null, List.of(), g.expr.exprList(), location);
          case XMLELEMENT -> element(location);
          case XMLEXISTS -> {
            Expr path = g.expr.cExpr();
            Expr document = existsArgument();
            yield FunctionParser.systemCall(
                "xmlexists", List.of(path, document), CoercionForm.SQL_SYNTAX, location);
          }
          case XMLFOREST ->
              xml(XmlExpr.Op.FOREST, null, c.commaList(this::attribute), List.of(), location);
          case XMLPARSE -> parse(location);
          case XMLPI -> processingInstruction(location);
          case XMLROOT -> root(location);
          default -> serialize(location);
        };
    c.expect(')');
    return expr;
  }

  private static XmlExpr xml(
      XmlExpr.Op op, @Nullable String name, List<ResTarget> named, List<Expr> args, int location) {
    return new XmlExpr(op, name, named, args, false, false, location);
  }

  private Expr element(int location) {
    c.expect(NAME);
    String name = c.colLabel();
    List<ResTarget> attributes = List.of();
    List<Expr> content = List.of();
    if (c.accept(',')) {
      boolean more = true;
      if (c.accept(XMLATTRIBUTES, '(')) {
        attributes = c.commaList(this::attribute);
        c.expect(')');
        more = c.accept(',');
      }
      if (more) {
        content = g.expr.exprList();
      }
    }
    return xml(XmlExpr.Op.ELEMENT, name, attributes, content, location);
  }

  private ResTarget attribute() {
    int location = c.location();
    Expr value = g.expr.aExpr();
    return new ResTarget(c.accept(AS) ? c.colLabel() : null, List.of(), value, location);
  }

  /// `document_or_content`: whether it is DOCUMENT.
  private boolean document() {
    if (c.accept(DOCUMENT)) {
      return true;
    }
    c.expect(CONTENT);
    return false;
  }

  private Expr parse(int location) {
    boolean document = document();
    Expr arg = g.expr.aExpr();
    boolean preserve = c.at(PRESERVE);
    if (preserve || c.at(STRIP)) {
      c.advance();
      c.expect(WHITESPACE);
    }
    return new XmlExpr(
        XmlExpr.Op.PARSE, null, List.of(), List.of(arg), document, preserve, location);
  }

  private Expr processingInstruction(int location) {
    c.expect(NAME);
    String name = c.colLabel();
    List<Expr> args = c.accept(',') ? List.of(g.expr.aExpr()) : List.of();
    return xml(XmlExpr.Op.PI, name, List.of(), args, location);
  }

  private Expr root(int location) {
    Expr document = g.expr.aExpr();
    c.expect(',');
    c.expect(VERSION);
    Expr version;
    if (c.accept(NO, VALUE)) {
      version = new AConst(new Value.Null(), -1);
    } else {
      version = g.expr.aExpr();
    }
    int standalone = STANDALONE_OMITTED;
    if (c.accept(',')) {
      c.expect(STANDALONE);
      if (c.accept(YES)) {
        standalone = STANDALONE_YES;
      } else {
        c.expect(NO);
        standalone = c.accept(VALUE) ? STANDALONE_NO_VALUE : STANDALONE_NO;
      }
    }
    List<Expr> args = List.of(document, version, TypeParser.intConst(standalone, -1));
    return xml(XmlExpr.Op.ROOT, null, List.of(), args, location);
  }

  private Expr serialize(int location) {
    boolean document = document();
    Expr arg = g.expr.aExpr();
    c.expect(AS);
    TypeName type = g.type.simpleTypeName();
    boolean indent = c.accept(INDENT);
    if (!indent && c.accept(NO)) {
      c.expect(INDENT);
    }
    return new XmlSerialize(document, arg, type, indent, location);
  }

  /// `xmlexists_argument`
  private Expr existsArgument() {
    c.expect(PASSING);
    // In front of the document the word BY may be a column.
    if (c.peek(1) == REF || c.peek(1) == VALUE) {
      passingMechanism();
    }
    Expr document = g.expr.cExpr();
    passingMechanism();
    return document;
  }

  private void passingMechanism() {
    if (c.accept(BY) && !c.accept(REF)) {
      c.expect(VALUE);
    }
  }

  // ---- XMLTABLE

  TableRef table(boolean lateral) {
    int location = c.expect(XMLTABLE, '(');
    List<ResTarget> namespaces = List.of();
    if (c.accept(XMLNAMESPACES, '(')) {
      namespaces = c.commaList(this::namespace);
      c.expect(')', ',');
    }
    Expr row = g.expr.cExpr();
    Expr document = existsArgument();
    c.expect(COLUMNS);
    List<RangeTableFuncCol> columns = c.commaList(this::column);
    c.expect(')');
    return new RangeTableFunc(
        lateral, document, row, namespaces, columns, g.from.optAlias(), location);
  }

  private ResTarget namespace() {
    int location = c.location();
    if (c.accept(DEFAULT)) {
      return new ResTarget(null, List.of(), g.expr.bExpr(), location);
    }
    Expr uri = g.expr.bExpr();
    c.expect(AS);
    return new ResTarget(c.colLabel(), List.of(), uri, location);
  }

  private RangeTableFuncCol column() {
    int location = c.location();
    String name = c.colId();
    if (c.accept(FOR)) {
      c.expect(ORDINALITY);
      return new RangeTableFuncCol(name, null, true, false, null, null, location);
    }
    TypeName type = g.type.typeName();
    Expr path = null;
    Expr otherwise = null;
    boolean notNull = false;
    boolean nullabilitySeen = false;
    PgException error = null;
    while (atColumnOption()) {
      int at = c.location();
      if (c.accept(DEFAULT)) {
        Expr value = g.expr.bExpr();
        if (otherwise != null) {
          error = first(error, at, "only one DEFAULT value is allowed");
        }
        otherwise = value;
      } else if (c.accept(PATH)) {
        Expr value = g.expr.bExpr();
        if (path != null) {
          error = first(error, at, "only one PATH value per column is allowed");
        }
        path = value;
      } else if (c.at(NOT) || c.at(NULL)) {
        boolean not = c.accept(NOT);
        c.expect(NULL);
        if (nullabilitySeen) {
          throw Cursor.syntaxError(
              at, "conflicting or redundant NULL / NOT NULL declarations for column \"%s\"", name);
        }
        notNull = not;
        nullabilitySeen = true;
      } else {
        String option = c.ident();
        g.expr.bExpr();
        error = first(error, at, "unrecognized column option \"%s\"", option);
      }
    }
    if (error != null) {
      throw error;
    }
    return new RangeTableFuncCol(name, type, false, notNull, path, otherwise, location);
  }

  private boolean atColumnOption() {
    return switch (c.peek()) {
      case DEFAULT, PATH, NOT, NULL, IDENT -> true;
      default -> false;
    };
  }

  /// The grammar looks at the options when all of them have been read.
  private static PgException first(
      @Nullable PgException earlier, int location, String format, Object... args) {
    return earlier != null ? earlier : Cursor.syntaxError(location, format, args);
  }
}
