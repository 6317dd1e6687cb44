package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.AConst;
import dev.lifeline.parser.tree.AExpr;
import dev.lifeline.parser.tree.BoolExpr;
import dev.lifeline.parser.tree.BooleanTest;
import dev.lifeline.parser.tree.CoercionForm;
import dev.lifeline.parser.tree.CollateClause;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.ExprList;
import dev.lifeline.parser.tree.JsonIsPredicate;
import dev.lifeline.parser.tree.Node;
import dev.lifeline.parser.tree.NullTest;
import dev.lifeline.parser.tree.SelectStmt;
import dev.lifeline.parser.tree.SubLink;
import dev.lifeline.parser.tree.TypeCast;
import dev.lifeline.parser.tree.Value;
import dev.lifeline.parser.tree.XmlExpr;
import java.util.ArrayList;
import java.util.List;

/// What may follow an operand: precedence climbing over the operators of [Precedence].
final class OperatorParser {
  private final Grammar g;
  private final Cursor c;
  private final ExprParser exprs;

  OperatorParser(Grammar g, ExprParser exprs) {
    this.g = g;
    this.c = g.cursor;
    this.exprs = exprs;
  }

  /// What ends an expression before an operator that could go on with it.
  enum Until {
    /// Nothing: an operator is an operator.
    NONE,

    /// A word that is an operator is an output column's name where the column ends behind it.
    TARGET_END,

    /// `SIMILAR` without `TO`, in `substring(a SIMILAR b ESCAPE c)`.
    SIMILAR
  }

  /// The rest of an `a_expr`, as far as its operators bind at least as tightly as the minimum.
  Expr tail(Expr left, int precedenceMin, Until until) {
    int forbidden = Precedence.NONE;
    while (true) {
      int precedence = Precedence.of(c.peek());
      if (precedence < 0 || precedence < precedenceMin) {
        return left;
      }
      if (precedence == forbidden) {
        throw c.unexpected();
      }
      if (until != Until.NONE && endsAt(until)) {
        return left;
      }
      left = apply(left, precedence);
      // A comparison may not follow another one, unless that ended with a keyword or a
      // parenthesis of its own.
      forbidden =
          endedWithOperand && Precedence.isNonAssociative(precedence)
              ? precedence
              : Precedence.NONE;
    }
  }

  private boolean endsAt(Until until) {
    int kind = c.peek();
    if (until == Until.SIMILAR) {
      return kind == SIMILAR && c.peek(1) != TO;
    }
    return isNameOfTarget(kind);
  }

  private boolean isNameOfTarget(int kind) {
    return Keywords.isKeyword(kind)
        && Keywords.isBareLabel(kind)
        && SelectParser.endsTarget(c.peek(1));
  }

  /// Whether the last operator had a right side that might go on.
  private boolean endedWithOperand;

  private Expr apply(Expr left, int precedence) {
    int kind = c.peek();
    endedWithOperand = false;
    return switch (kind) {
      case OR, AND -> logical(left, kind, precedence);
      case TYPECAST -> {
        int location = c.advance();
        yield new TypeCast(left, g.type.typeName(), location);
      }
      case COLLATE -> {
        int location = c.advance();
        yield new CollateClause(left, c.anyName(), location);
      }
      case AT -> atTimeZone(left);
      case ISNULL -> new NullTest(left, false, c.advance());
      case NOTNULL -> new NullTest(left, true, c.advance());
      case IS -> is(left, false);
      case IN -> {
        int location = c.advance();
        yield in(left, false, location);
      }
      case BETWEEN -> {
        int location = c.advance();
        yield between(left, false, location);
      }
      case LIKE, ILIKE, SIMILAR -> {
        int location = c.location();
        yield like(left, false, location);
      }
      case NOT_LA -> {
        int location = c.advance();
        yield switch (c.peek()) {
          case IN -> {
            c.advance();
            yield in(left, true, location);
          }
          case BETWEEN -> {
            c.advance();
            yield between(left, true, location);
          }
          default -> like(left, true, location);
        };
      }
      default -> binary(left, precedence);
    };
  }

  private Expr operand(int precedenceMin) {
    Expr operand = exprs.aExpr(precedenceMin);
    endedWithOperand = true;
    return operand;
  }

  /// A chain of ANDs, or of ORs, is one flat node.
  private Expr logical(Expr left, int kind, int precedence) {
    BoolExpr.Op op = kind == AND ? BoolExpr.Op.AND : BoolExpr.Op.OR;
    int location = c.location();
    List<Expr> args = new ArrayList<>();
    if (left instanceof BoolExpr bool && bool.op() == op) {
      args.addAll(bool.args());
      location = bool.location();
    } else {
      args.add(left);
    }
    do {
      c.advance();
      args.add(exprs.aExpr(precedence + 1));
    } while (c.at(kind) && !isNameOfTarget(kind));
    return new BoolExpr(op, List.copyOf(args), location);
  }

  private Expr binary(Expr left, int precedence) {
    int location = c.location();
    List<String> name = qualAllOp();
    if (atSubType()) {
      return subquery(left, name, location);
    }
    return new AExpr(AExpr.Kind.OP, name, left, operand(precedence + 1), location);
  }

  private boolean atSubType() {
    int kind = c.peek();
    return kind == ANY || kind == SOME || kind == ALL;
  }

  /// `op ANY (...)` and `op ALL (...)`, over a query or an array.
  private Expr subquery(Expr left, List<String> name, int location) {
    boolean all = c.at(ALL);
    c.advance();
    endedWithOperand = false;
    if (!c.at('(')) {
      throw c.unexpected();
    }
    Node inner = exprs.parens(true);
    endedWithOperand = false;
    if (inner instanceof SelectStmt query) {
      SubLink.Type type = all ? SubLink.Type.ALL : SubLink.Type.ANY;
      return new SubLink(type, left, name, query, location);
    }
    AExpr.Kind kind = all ? AExpr.Kind.OP_ALL : AExpr.Kind.OP_ANY;
    return new AExpr(kind, name, left, ((ExprList) inner).items().get(0), location);
  }

  private Expr atTimeZone(Expr left) {
    c.expect(AT);
    int location = c.location();
    if (c.accept(LOCAL)) {
      return FunctionParser.systemCall("timezone", List.of(left), CoercionForm.SQL_SYNTAX, -1);
    }
    c.expect(TIME, ZONE);
    Expr zone = operand(Precedence.AT_OP + 1);
    return FunctionParser.systemCall(
        "timezone", List.of(zone, left), CoercionForm.SQL_SYNTAX, location);
  }

  private Expr in(Expr left, boolean not, int location) {
    if (!c.at('(')) {
      throw c.unexpected();
    }
    Node inner = exprs.parens();
    endedWithOperand = false;
    if (inner instanceof SelectStmt query) {
      SubLink any = new SubLink(SubLink.Type.ANY, left, List.of(), query, location);
      return not ? new BoolExpr(BoolExpr.Op.NOT, List.of(any), location) : any;
    }
    ExprList list = (ExprList) inner;
    return new AExpr(AExpr.Kind.IN, not ? List.of("<>") : List.of("="), left, list, location);
  }

  private Expr between(Expr left, boolean not, int location) {
    boolean symmetric = c.accept(SYMMETRIC);
    if (!symmetric) {
      c.accept(ASYMMETRIC);
    }
    int listLocation = c.location();
    Expr lower = exprs.bExpr();
    c.expect(AND);
    Expr upper = operand(Precedence.LIKE_OP + 1);
    ExprList bounds = new ExprList(List.of(lower, upper), listLocation);
    if (symmetric) {
      return not
          ? new AExpr(
              AExpr.Kind.NOT_BETWEEN_SYM, List.of("NOT BETWEEN SYMMETRIC"), left, bounds, location)
          : new AExpr(AExpr.Kind.BETWEEN_SYM, List.of("BETWEEN SYMMETRIC"), left, bounds, location);
    }
    return not
        ? new AExpr(AExpr.Kind.NOT_BETWEEN, List.of("NOT BETWEEN"), left, bounds, location)
        : new AExpr(AExpr.Kind.BETWEEN, List.of("BETWEEN"), left, bounds, location);
  }

  private Expr like(Expr left, boolean not, int location) {
    int kind = c.peek();
    c.advance();
    if (kind == SIMILAR) {
      c.expect(TO);
      return similar(left, not, location);
    }
    String name = kind == LIKE ? (not ? "!~~" : "~~") : (not ? "!~~*" : "~~*");
    if (atSubType()) {
      return subquery(left, List.of(name), location);
    }
    Expr pattern = operand(Precedence.LIKE_OP + 1);
    if (c.at(ESCAPE)) {
      int escapeLocation = location;
      c.advance();
      Expr escape = operand(Precedence.LIKE_OP + 1);
      pattern =
          FunctionParser.systemCall(
              "like_escape", List.of(pattern, escape), CoercionForm.EXPLICIT_CALL, escapeLocation);
    }
    AExpr.Kind like = kind == LIKE ? AExpr.Kind.LIKE : AExpr.Kind.ILIKE;
    return new AExpr(like, List.of(name), left, pattern, location);
  }

  private Expr similar(Expr left, boolean not, int location) {
    Expr pattern = operand(Precedence.LIKE_OP + 1);
    List<Expr> args = List.of(pattern);
    if (c.accept(ESCAPE)) {
      args = List.of(pattern, operand(Precedence.LIKE_OP + 1));
    }
    Expr regexp =
        FunctionParser.systemCall("similar_to_escape", args, CoercionForm.EXPLICIT_CALL, location);
    return new AExpr(AExpr.Kind.SIMILAR, List.of(not ? "!~" : "~"), left, regexp, location);
  }

  // ---- IS

  private Expr is(Expr left, boolean restricted) {
    int location = c.expect(IS);
    boolean not = c.accept(NOT);
    int kind = c.peek();
    if (kind == DISTINCT) {
      c.advance();
      c.expect(FROM);
      Expr right =
          restricted ? restrictedOperand(Precedence.IS_OP + 1) : operand(Precedence.IS_OP + 1);
      AExpr.Kind distinct = not ? AExpr.Kind.NOT_DISTINCT : AExpr.Kind.DISTINCT;
      return new AExpr(distinct, List.of("="), left, right, location);
    }
    if (kind == DOCUMENT) {
      c.advance();
      Expr test =
          new XmlExpr(
              XmlExpr.Op.IS_DOCUMENT, null, List.of(), List.of(left), false, false, location);
      return not ? new BoolExpr(BoolExpr.Op.NOT, List.of(test), location) : test;
    }
    if (restricted) {
      throw c.unexpected();
    }
    return switch (kind) {
      case NULL -> {
        c.advance();
        yield new NullTest(left, not, location);
      }
      case TRUE -> {
        c.advance();
        yield new BooleanTest(
            left, not ? BooleanTest.Type.IS_NOT_TRUE : BooleanTest.Type.IS_TRUE, location);
      }
      case FALSE -> {
        c.advance();
        yield new BooleanTest(
            left, not ? BooleanTest.Type.IS_NOT_FALSE : BooleanTest.Type.IS_FALSE, location);
      }
      case UNKNOWN -> {
        c.advance();
        yield new BooleanTest(
            left, not ? BooleanTest.Type.IS_NOT_UNKNOWN : BooleanTest.Type.IS_UNKNOWN, location);
      }
      case NORMALIZED, NFC, NFD, NFKC, NFKD -> normalized(left, not, location);
      case JSON -> json(left, not, location);
      default -> throw c.unexpected();
    };
  }

  private Expr normalized(Expr left, boolean not, int location) {
    List<Expr> args = List.of(left);
    if (!c.at(NORMALIZED)) {
      int at = c.location();
      args = List.of(left, new AConst(new Value.Str(unicodeNormalForm()), at));
    }
    c.expect(NORMALIZED);
    Expr call = FunctionParser.systemCall("is_normalized", args, CoercionForm.SQL_SYNTAX, location);
    return not ? new BoolExpr(BoolExpr.Op.NOT, List.of(call), location) : call;
  }

  /// `unicode_normal_form`
  String unicodeNormalForm() {
    String form =
        switch (c.peek()) {
          case NFC -> "NFC";
          case NFD -> "NFD";
          case NFKC -> "NFKC";
          case NFKD -> "NFKD";
          default -> throw c.unexpected();
        };
    c.advance();
    return form;
  }

  private Expr json(Expr left, boolean not, int location) {
    c.expect(JSON);
    JsonIsPredicate.Item item = JsonIsPredicate.Item.ANY;
    switch (c.peek()) {
      case VALUE -> c.advance();
      case ARRAY -> {
        c.advance();
        item = JsonIsPredicate.Item.ARRAY;
      }
      case OBJECT -> {
        c.advance();
        item = JsonIsPredicate.Item.OBJECT;
      }
      case SCALAR -> {
        c.advance();
        item = JsonIsPredicate.Item.SCALAR;
      }
      default -> {}
    }
    boolean unique = g.json().keyUniqueness();
    Expr test = new JsonIsPredicate(left, null, item, unique, location);
    return not ? new BoolExpr(BoolExpr.Op.NOT, List.of(test), location) : test;
  }

  // ---- b_expr

  Expr restrictedTail(Expr left, int precedenceMin) {
    int forbidden = Precedence.NONE;
    while (true) {
      int kind = c.peek();
      int precedence = Precedence.ofRestricted(kind);
      if (precedence < 0 || precedence < precedenceMin) {
        return left;
      }
      if (precedence == forbidden) {
        throw c.unexpected();
      }
      endedWithOperand = false;
      if (kind == TYPECAST) {
        int location = c.advance();
        left = new TypeCast(left, g.type.typeName(), location);
      } else if (kind == IS) {
        left = is(left, true);
      } else {
        int location = c.location();
        List<String> name = qualAllOp();
        left = new AExpr(AExpr.Kind.OP, name, left, restrictedOperand(precedence + 1), location);
      }
      forbidden =
          Precedence.isNonAssociative(precedence) && endedWithOperand
              ? precedence
              : Precedence.NONE;
    }
  }

  private Expr restrictedOperand(int precedenceMin) {
    Expr operand = exprs.bExpr(precedenceMin);
    endedWithOperand = true;
    return operand;
  }

  // ---- operator names

  /// `qual_Op`
  List<String> qualOp() {
    if (c.at(OP)) {
      return List.of(c.text());
    }
    return qualifiedOperator();
  }

  /// `qual_all_Op`
  List<String> qualAllOp() {
    return c.at(OPERATOR) ? qualifiedOperator() : List.of(allOp());
  }

  private List<String> qualifiedOperator() {
    c.expect(OPERATOR, '(');
    List<String> name = anyOperator();
    c.expect(')');
    return name;
  }

  /// `any_operator`
  List<String> anyOperator() {
    if (!c.atColId()) {
      return List.of(allOp());
    }
    List<String> names = new ArrayList<>(2);
    while (c.atColId()) {
      names.add(c.colId());
      c.expect('.');
    }
    names.add(allOp());
    return List.copyOf(names);
  }

  /// `all_Op`
  String allOp() {
    return switch (c.peek()) {
      case OP -> c.text();
      case '+' -> name("+");
      case '-' -> name("-");
      case '*' -> name("*");
      case '/' -> name("/");
      case '%' -> name("%");
      case '^' -> name("^");
      case '<' -> name("<");
      case '>' -> name(">");
      case '=' -> name("=");
      case LESS_EQUALS -> name("<=");
      case GREATER_EQUALS -> name(">=");
      case NOT_EQUALS -> name("<>");
      default -> throw c.unexpected();
    };
  }

  private String name(String operator) {
    c.advance();
    return operator;
  }

  /// `opt_unique_null_treatment`
  boolean optUniqueNullTreatment() {
    if (!c.accept(NULLS)) {
      return false;
    }
    boolean not = c.accept(NOT);
    c.expect(DISTINCT);
    return not;
  }
}
