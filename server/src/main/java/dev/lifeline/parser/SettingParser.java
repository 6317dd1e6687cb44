package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.AConst;
import dev.lifeline.parser.tree.ConstraintsSetStmt;
import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.Node;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.parser.tree.Stmt;
import dev.lifeline.parser.tree.TypeCast;
import dev.lifeline.parser.tree.Value;
import dev.lifeline.parser.tree.VariableSetStmt;
import dev.lifeline.parser.tree.VariableShowStmt;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// SET, RESET and SHOW.
final class SettingParser {
  // Which fields of an interval may name a time zone, as bits of its typmod.
  private static final int HOUR_TO_MINUTE = (1 << 10) | (1 << 11);

  private final Grammar g;
  private final Cursor c;

  SettingParser(Grammar g) {
    this.g = g;
    this.c = g.cursor;
  }

  Stmt stmt() {
    return switch (c.peek()) {
      case SET -> set();
      case RESET -> reset();
      default -> show();
    };
  }

  private Stmt set() {
    c.expect(SET);
    if (c.at(CONSTRAINTS) && !atVariable()) {
      return setConstraints();
    }
    boolean local = false;
    if (c.at(LOCAL) && !atVariable()) {
      c.advance();
      local = true;
    } else if (c.at(SESSION)
        && !atVariable()
        && c.peek(1) != AUTHORIZATION
        && !(c.peek(1) == CHARACTERISTICS && c.peek(2) == AS)) {
      c.advance();
    }
    return setRest(local);
  }

  /// Whether the next word is the name of a parameter, although it is a keyword.
  private boolean atVariable() {
    int next = c.peek(1);
    return next == TO || next == '=' || next == '.' || next == FROM;
  }

  private Stmt setConstraints() {
    c.expect(CONSTRAINTS);
    List<RangeVar> names = c.accept(ALL) ? List.of() : c.commaList(() -> c.qualifiedName(g));
    boolean deferred = c.accept(DEFERRED);
    if (!deferred) {
      c.expect(IMMEDIATE);
    }
    return new ConstraintsSetStmt(names, deferred);
  }

  /// `set_rest`
  VariableSetStmt setRest(boolean local) {
    if (c.at(TRANSACTION) && !atVariable() && c.peek(1) != SNAPSHOT) {
      c.advance();
      return multi("TRANSACTION", transactionModes(), local);
    }
    if (c.accept(SESSION, CHARACTERISTICS)) {
      c.expect(AS, TRANSACTION);
      return multi("SESSION CHARACTERISTICS", transactionModes(), local);
    }
    return setRestMore(local);
  }

  private static VariableSetStmt multi(String name, List<? extends Node> args, boolean local) {
    return new VariableSetStmt(VariableSetStmt.Kind.MULTI, name, args, local);
  }

  private static VariableSetStmt value(String name, List<? extends Node> args, boolean local) {
    return new VariableSetStmt(VariableSetStmt.Kind.VALUE, name, args, local);
  }

  private static VariableSetStmt defaultOf(String name, boolean local) {
    return new VariableSetStmt(VariableSetStmt.Kind.DEFAULT, name, List.of(), local);
  }

  /// `set_rest_more`
  VariableSetStmt setRestMore(boolean local) {
    if (atVariable()) {
      return generic(local);
    }
    return switch (c.peek()) {
      case TIME -> {
        c.expect(TIME, ZONE);
        Expr zone = zoneValue();
        yield zone == null ? defaultOf("timezone", local) : value("timezone", List.of(zone), local);
      }
      case CATALOG -> {
        c.advance();
        int at = c.location();
        c.sconst();
        throw Cursor.featureError(at, "current database cannot be changed");
      }
      case SCHEMA -> {
        c.advance();
        int at = c.location();
        yield value("search_path", List.of(string(c.sconst(), at)), local);
      }
      case NAMES -> {
        c.advance();
        int at = c.location();
        if (c.at(SCONST)) {
          yield value("client_encoding", List.of(string(c.sconst(), at)), local);
        }
        c.accept(DEFAULT);
        yield defaultOf("client_encoding", local);
      }
      case ROLE -> {
        c.advance();
        int at = c.location();
        yield value("role", List.of(string(c.nonReservedWordOrSconst(), at)), local);
      }
      case SESSION -> {
        c.expect(SESSION, AUTHORIZATION);
        if (c.accept(DEFAULT)) {
          yield defaultOf("session_authorization", local);
        }
        int at = c.location();
        String role = c.nonReservedWordOrSconst();
        yield value("session_authorization", List.of(string(role, at)), local);
      }
      case XML -> {
        c.expect(XML, OPTION);
        int at = c.location();
        boolean document = c.accept(DOCUMENT);
        if (!document) {
          c.expect(CONTENT);
        }
        String option = document ? "DOCUMENT" : "CONTENT";
        yield value("xmloption", List.of(string(option, at)), local);
      }
      case TRANSACTION -> {
        c.expect(TRANSACTION, SNAPSHOT);
        int at = c.location();
        yield multi("TRANSACTION SNAPSHOT", List.of(string(c.sconst(), at)), local);
      }
      default -> generic(local);
    };
  }

  private static AConst string(String value, int location) {
    return new AConst(new Value.Str(value), location);
  }

  /// `var_name TO var_list`, and its like.
  VariableSetStmt generic(boolean local) {
    String name = variableName();
    if (c.accept(FROM)) {
      c.expect(CURRENT);
      return new VariableSetStmt(VariableSetStmt.Kind.CURRENT, name, List.of(), local);
    }
    return assignment(name, local);
  }

  /// `generic_set`, its name read.
  VariableSetStmt assignment(String name, boolean local) {
    if (!c.accept('=')) {
      c.expect(TO);
    }
    if (c.accept(DEFAULT)) {
      return defaultOf(name, local);
    }
    return value(name, c.commaList(this::variableValue), local);
  }

  /// `var_name`
  String variableName() {
    String first = c.colId();
    if (!c.at('.')) {
      return first;
    }
    StringBuilder name = new StringBuilder(first);
    while (c.accept('.')) {
      name.append('.').append(c.colId());
    }
    return name.toString();
  }

  private AConst variableValue() {
    int location = c.location();
    if (c.atNumericOnly()) {
      return new AConst(c.numericOnly(), location);
    }
    return string(c.booleanOrString(), location);
  }

  /// `zone_value`; null for DEFAULT and LOCAL.
  private @Nullable Expr zoneValue() {
    int location = c.location();
    return switch (c.peek()) {
      case SCONST, IDENT -> string(c.text(), location);
      case DEFAULT, LOCAL -> {
        c.advance();
        yield null;
      }
      case INTERVAL -> zoneInterval();
      default -> new AConst(c.numericOnly(), location);
    };
  }

  private Expr zoneInterval() {
    int location = c.expect(INTERVAL);
    List<Expr> typmods = c.at('(') ? g.type.intervalPrecision() : List.of();
    int at = c.location();
    AConst text = string(c.sconst(), at);
    if (typmods.isEmpty()) {
      int unitLocation = c.location();
      typmods = g.type.optInterval();
      if (!typmods.isEmpty()
          && typmods.get(0) instanceof AConst first
          && first.value() instanceof Value.Int bits
          && (bits.value() & ~HOUR_TO_MINUTE) != 0) {
        throw Cursor.syntaxError(unitLocation, "time zone interval must be HOUR or HOUR TO MINUTE");
      }
    }
    return new TypeCast(text, TypeParser.systemType("interval", typmods, location), -1);
  }

  // ---- RESET

  /// `VariableResetStmt`
  VariableSetStmt reset() {
    c.expect(RESET);
    if (c.accept(TIME, ZONE)) {
      return resetOf("timezone");
    }
    if (c.at(TRANSACTION, ISOLATION)) {
      c.expect(TRANSACTION, ISOLATION, LEVEL);
      return resetOf("transaction_isolation");
    }
    if (c.accept(SESSION, AUTHORIZATION)) {
      return resetOf("session_authorization");
    }
    return genericReset();
  }

  /// `generic_reset`
  VariableSetStmt genericReset() {
    if (c.accept(ALL)) {
      return new VariableSetStmt(VariableSetStmt.Kind.RESET_ALL, null, List.of(), false);
    }
    return resetOf(variableName());
  }

  private static VariableSetStmt resetOf(String name) {
    return new VariableSetStmt(VariableSetStmt.Kind.RESET, name, List.of(), false);
  }

  /// `SetResetClause`
  VariableSetStmt setResetClause() {
    return c.accept(SET) ? setRest(false) : reset();
  }

  // ---- SHOW

  private Stmt show() {
    c.expect(SHOW);
    if (c.accept(TIME, ZONE)) {
      return new VariableShowStmt("timezone");
    }
    if (c.at(TRANSACTION, ISOLATION)) {
      c.expect(TRANSACTION, ISOLATION, LEVEL);
      return new VariableShowStmt("transaction_isolation");
    }
    if (c.accept(SESSION, AUTHORIZATION)) {
      return new VariableShowStmt("session_authorization");
    }
    return new VariableShowStmt(c.accept(ALL) ? "all" : variableName());
  }

  // ---- transaction modes

  /// `transaction_mode_list`
  List<DefElem> transactionModes() {
    List<DefElem> modes = new ArrayList<>();
    modes.add(transactionMode());
    while (c.accept(',') || atTransactionMode()) {
      modes.add(transactionMode());
    }
    return List.copyOf(modes);
  }

  /// `transaction_mode_list_or_empty`
  List<DefElem> optTransactionModes() {
    return atTransactionMode() ? transactionModes() : List.of();
  }

  private boolean atTransactionMode() {
    return switch (c.peek()) {
      case ISOLATION, READ, DEFERRABLE, NOT -> true;
      default -> false;
    };
  }

  private DefElem transactionMode() {
    int location = c.location();
    return switch (c.peek()) {
      case ISOLATION -> {
        c.expect(ISOLATION, LEVEL);
        int at = c.location();
        yield DefinitionParser.option(
            "transaction_isolation", string(isolationLevel(), at), location);
      }
      case READ -> {
        c.advance();
        boolean only = c.accept(ONLY);
        if (!only) {
          c.expect(WRITE);
        }
        yield modeFlag("transaction_read_only", only, location);
      }
      case NOT -> {
        c.expect(NOT, DEFERRABLE);
        yield modeFlag("transaction_deferrable", false, location);
      }
      case DEFERRABLE -> {
        c.advance();
        yield modeFlag("transaction_deferrable", true, location);
      }
      default -> throw c.unexpected();
    };
  }

  private static DefElem modeFlag(String name, boolean on, int location) {
    return DefinitionParser.option(name, TypeParser.intConst(on ? 1 : 0, location), location);
  }

  private String isolationLevel() {
    return switch (c.peek()) {
      case READ -> {
        c.advance();
        if (c.accept(UNCOMMITTED)) {
          yield "read uncommitted";
        }
        c.expect(COMMITTED);
        yield "read committed";
      }
      case REPEATABLE -> {
        c.expect(REPEATABLE, READ);
        yield "repeatable read";
      }
      default -> {
        c.expect(SERIALIZABLE);
        yield "serializable";
      }
    };
  }
}
