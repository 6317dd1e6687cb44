package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.AConst;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.TypeName;
import dev.lifeline.parser.tree.Value;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;

/// Type names. Those that the standard spells with words of their own become PostgreSQL's names in
/// `pg_catalog`.
final class TypeParser {
  // The bits of an interval's typmod, as PostgreSQL's datetime.h counts the fields.
  private static final int MONTH_BIT = 1 << 1;
  private static final int YEAR_BIT = 1 << 2;
  private static final int DAY_BIT = 1 << 3;
  private static final int HOUR_BIT = 1 << 10;
  private static final int MINUTE_BIT = 1 << 11;
  private static final int SECOND_BIT = 1 << 12;
  static final int INTERVAL_FULL_RANGE = 0x7fff;

  private final Grammar g;
  private final Cursor c;

  TypeParser(Grammar g) {
    this.g = g;
    this.c = g.cursor;
  }

  /// `Typename`
  TypeName typeName() {
    boolean setof = c.accept(SETOF);
    TypeName type = simpleTypeName();
    List<Integer> bounds = List.of();
    if (c.accept(ARRAY)) {
      int bound = -1;
      if (c.accept('[')) {
        bound = c.iconst();
        c.expect(']');
      }
      bounds = List.of(bound);
    } else if (c.at('[')) {
      bounds = arrayBounds();
    }
    if (!setof && bounds.isEmpty()) {
      return type;
    }
    return new TypeName(
        type.names(), setof, type.pctType(), type.typmods(), bounds, type.location());
  }

  private List<Integer> arrayBounds() {
    List<Integer> bounds = new ArrayList<>(2);
    while (c.accept('[')) {
      bounds.add(c.at(ICONST) ? c.iconst() : -1);
      c.expect(']');
    }
    return List.copyOf(bounds);
  }

  /// `func_type`: a type, or that of a column by `table.column%TYPE`.
  TypeName funcType() {
    int start = c.at(SETOF) ? 1 : 0;
    int ahead = start;
    if (Cursor.isTypeFunctionName(c.peek(ahead))) {
      ahead++;
      while (c.peek(ahead) == '.' && Cursor.isColLabel(c.peek(ahead + 1))) {
        ahead += 2;
      }
      if (ahead > start + 1 && c.peek(ahead) == '%') {
        boolean setof = c.accept(SETOF);
        int location = c.location();
        List<String> names = c.attrs(c.typeFunctionName());
        c.expect('%', TYPE);
        return new TypeName(names, setof, true, List.of(), List.of(), location);
      }
    }
    return typeName();
  }

  /// Whether a type can start with this token.
  static boolean startsType(int kind) {
    return switch (kind) {
      case SETOF,
          INT,
          INTEGER,
          SMALLINT,
          BIGINT,
          REAL,
          FLOAT,
          DECIMAL,
          DEC,
          NUMERIC,
          BOOLEAN,
          BIT,
          CHARACTER,
          CHAR,
          VARCHAR,
          NATIONAL,
          NCHAR,
          TIMESTAMP,
          TIME,
          INTERVAL,
          JSON ->
          true;
      default -> Cursor.isTypeFunctionName(kind);
    };
  }

  /// Whether the next tokens start a `ConstTypename` or an interval, and not a name that such a
  /// keyword may be as well.
  boolean atConstType() {
    int next = c.peek(1);
    boolean plain = next == SCONST || next == '(';
    return switch (c.peek()) {
      case INT, INTEGER, SMALLINT, BIGINT, REAL, BOOLEAN -> next == SCONST;
      case JSON -> next == SCONST;
      case FLOAT, DECIMAL, DEC, NUMERIC, VARCHAR, INTERVAL -> plain;
      case BIT, CHARACTER, CHAR, NCHAR -> plain || next == VARYING;
      case DOUBLE -> next == PRECISION;
      case NATIONAL -> next == CHARACTER || next == CHAR;
      case TIMESTAMP, TIME -> plain || next == WITH_LA || next == WITHOUT_LA;
      default -> false;
    };
  }

  /// `SimpleTypename`
  TypeName simpleTypeName() {
    return simpleTypeName(false);
  }

  /// `ConstTypename`: without a length, `char` and `bit` are of any length here.
  TypeName constTypeName() {
    return simpleTypeName(true);
  }

  private TypeName simpleTypeName(boolean constant) {
    int location = c.location();
    return switch (c.peek()) {
      case INT, INTEGER -> system("int4", location);
      case SMALLINT -> system("int2", location);
      case BIGINT -> system("int8", location);
      case REAL -> system("float4", location);
      case BOOLEAN -> system("bool", location);
      case JSON -> system("json", location);
      case FLOAT -> floatType();
      case DECIMAL, DEC, NUMERIC -> {
        c.advance();
        yield systemType("numeric", typeModifiers(), location);
      }
      case BIT -> bit(constant);
      case CHARACTER, CHAR, VARCHAR, NATIONAL, NCHAR -> character(constant);
      case TIMESTAMP, TIME -> dateTime();
      case INTERVAL -> interval();
      case DOUBLE -> {
        if (c.accept(DOUBLE, PRECISION)) {
          yield systemType("float8", List.of(), location);
        }
        yield generic();
      }
      default -> generic();
    };
  }

  private TypeName generic() {
    int location = c.location();
    String first = c.typeFunctionName();
    List<String> names = c.at('.') ? c.attrs(first) : List.of(first);
    return new TypeName(names, false, false, typeModifiers(), List.of(), location);
  }

  private List<Expr> typeModifiers() {
    return c.at('(') ? g.expr.parenthesizedList() : List.of();
  }

  private TypeName system(String name, int location) {
    c.advance();
    return systemType(name, List.of(), location);
  }

  static TypeName systemType(String name, List<Expr> typmods, int location) {
    return new TypeName(List.of("pg_catalog", name), false, false, typmods, List.of(), location);
  }

  static AConst intConst(int value, int location) {
    return new AConst(new Value.Int(value), location);
  }

  private TypeName floatType() {
    int location = c.expect(FLOAT);
    if (!c.accept('(')) {
      return systemType("float8", List.of(), location);
    }
    int at = c.location();
    int precision = c.iconst();
    c.expect(')');
    if (precision < 1) {
      throw PgException.error(
              SqlState.INVALID_PARAMETER_VALUE, "precision for type float must be at least 1 bit")
          .at(at);
    }
    if (precision > 53) {
      throw PgException.error(
              SqlState.INVALID_PARAMETER_VALUE,
              "precision for type float must be less than 54 bits")
          .at(at);
    }
    return systemType(precision <= 24 ? "float4" : "float8", List.of(), location);
  }

  private TypeName bit(boolean constant) {
    int location = c.expect(BIT);
    boolean varying = c.accept(VARYING);
    List<Expr> typmods = typeModifiers();
    if (typmods.isEmpty() && !varying && !constant) {
      typmods = List.of(intConst(1, -1));
    }
    return systemType(varying ? "varbit" : "bit", typmods, location);
  }

  private TypeName character(boolean constant) {
    int location = c.location();
    boolean varying = false;
    if (c.accept(VARCHAR)) {
      varying = true;
    } else {
      if (c.accept(NATIONAL)) {
        if (!c.accept(CHARACTER)) {
          c.expect(CHAR);
        }
      } else {
        c.advance();
      }
      varying = c.accept(VARYING);
    }
    List<Expr> typmods = List.of();
    if (c.accept('(')) {
      int at = c.location();
      typmods = List.of(intConst(c.iconst(), at));
      c.expect(')');
    } else if (!varying && !constant) {
      typmods = List.of(intConst(1, -1));
    }
    return systemType(varying ? "varchar" : "bpchar", typmods, location);
  }

  private TypeName dateTime() {
    boolean timestamp = c.at(TIMESTAMP);
    int location = c.advance();
    List<Expr> typmods = List.of();
    if (c.accept('(')) {
      int at = c.location();
      typmods = List.of(intConst(c.iconst(), at));
      c.expect(')');
    }
    boolean zone = false;
    if (c.at(WITH_LA)) {
      c.expect(WITH_LA, TIME, ZONE);
      zone = true;
    } else if (c.at(WITHOUT_LA)) {
      c.expect(WITHOUT_LA, TIME, ZONE);
    }
    String name = timestamp ? "timestamp" : "time";
    return systemType(zone ? name + "tz" : name, typmods, location);
  }

  private TypeName interval() {
    int location = c.expect(INTERVAL);
    List<Expr> typmods = c.at('(') ? intervalPrecision() : optInterval();
    return systemType("interval", typmods, location);
  }

  /// `'(' Iconst ')'` of an interval.
  List<Expr> intervalPrecision() {
    c.expect('(');
    int at = c.location();
    int precision = c.iconst();
    c.expect(')');
    return List.of(intConst(INTERVAL_FULL_RANGE, -1), intConst(precision, at));
  }

  /// `opt_interval`
  List<Expr> optInterval() {
    int location = c.location();
    return switch (c.peek()) {
      case YEAR -> {
        c.advance();
        if (c.accept(TO)) {
          c.expect(MONTH);
          yield List.of(intConst(YEAR_BIT | MONTH_BIT, location));
        }
        yield List.of(intConst(YEAR_BIT, location));
      }
      case MONTH -> {
        c.advance();
        yield List.of(intConst(MONTH_BIT, location));
      }
      case DAY -> {
        c.advance();
        yield toUnit(DAY_BIT, location);
      }
      case HOUR -> {
        c.advance();
        yield toUnit(HOUR_BIT, location);
      }
      case MINUTE -> {
        c.advance();
        yield toUnit(MINUTE_BIT, location);
      }
      case SECOND -> second(0, location);
      default -> List.of();
    };
  }

  /// What may follow a day, an hour or a minute: `TO` a smaller unit; the typmod has the bits of
  /// all units between them.
  private List<Expr> toUnit(int from, int location) {
    if (!c.accept(TO)) {
      return List.of(intConst(from, location));
    }
    if (from == DAY_BIT && c.accept(HOUR)) {
      return List.of(intConst(DAY_BIT | HOUR_BIT, location));
    }
    if (from != MINUTE_BIT && c.accept(MINUTE)) {
      return List.of(intConst(from | HOUR_BIT | MINUTE_BIT, location));
    }
    int bits = from | MINUTE_BIT | (from == DAY_BIT ? HOUR_BIT : 0);
    return second(bits, location);
  }

  private List<Expr> second(int bits, int location) {
    c.expect(SECOND);
    AConst range = intConst(bits | SECOND_BIT, location);
    if (!c.accept('(')) {
      return List.of(range);
    }
    int at = c.location();
    AConst precision = intConst(c.iconst(), at);
    c.expect(')');
    return List.of(range, precision);
  }
}
