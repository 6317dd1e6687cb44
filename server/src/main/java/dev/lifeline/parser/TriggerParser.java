package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.AlterPolicyStmt;
import dev.lifeline.parser.tree.CreateEventTrigStmt;
import dev.lifeline.parser.tree.CreatePolicyStmt;
import dev.lifeline.parser.tree.CreateTrigStmt;
import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.parser.tree.RoleSpec;
import dev.lifeline.parser.tree.RuleStmt;
import dev.lifeline.parser.tree.SelectStmt;
import dev.lifeline.parser.tree.Stmt;
import dev.lifeline.parser.tree.TriggerTransition;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What happens by itself on a table: triggers, rules, row security policies.
final class TriggerParser {
  private static final String DUPLICATE_EVENTS = "duplicate trigger events specified";

  private final Grammar g;
  private final Cursor c;
  private final UtilityGrammar u;

  TriggerParser(Grammar g, UtilityGrammar u) {
    this.g = g;
    this.c = g.cursor;
    this.u = u;
  }

  // ---- triggers

  private record Events(Set<CreateTrigStmt.Event> events, List<String> columns) {}

  Stmt createTrigger(boolean replace) {
    c.expect(TRIGGER);
    String name = c.colId();
    CreateTrigStmt.Timing timing = timing();
    Events events = events();
    c.expect(ON);
    RangeVar relation = c.qualifiedName(g);
    List<TriggerTransition> transitions = transitions();
    boolean row = false;
    if (c.accept(FOR)) {
      c.accept(EACH);
      row = c.accept(ROW);
      if (!row) {
        c.expect(STATEMENT);
      }
    }
    Expr when = when();
    List<String> function = executedFunction();
    List<String> args = functionArgs();
    return new CreateTrigStmt(
        replace,
        false,
        name,
        relation,
        function,
        args,
        row,
        timing,
        events.events(),
        events.columns(),
        when,
        transitions,
        false,
        false,
        null);
  }

  Stmt createConstraintTrigger(boolean replace) {
    c.expect(CONSTRAINT, TRIGGER);
    String name = c.colId();
    c.expect(AFTER);
    Events events = events();
    c.expect(ON);
    RangeVar relation = c.qualifiedName(g);
    RangeVar referenced = c.accept(FROM) ? c.qualifiedName(g) : null;
    ConstraintAttributes attributes = ConstraintAttributes.read(c);
    c.expect(FOR, EACH, ROW);
    Expr when = when();
    List<String> function = executedFunction();
    List<String> args = functionArgs();
    if (replace) {
      throw Cursor.featureError(-1, "CREATE OR REPLACE CONSTRAINT TRIGGER is not supported");
    }
    attributes.refuseBeyondDeferral("TRIGGER");
    return new CreateTrigStmt(
        false,
        true,
        name,
        relation,
        function,
        args,
        true,
        CreateTrigStmt.Timing.AFTER,
        events.events(),
        events.columns(),
        when,
        List.of(),
        attributes.deferrable(),
        attributes.initiallyDeferred(),
        referenced);
  }

  private CreateTrigStmt.Timing timing() {
    if (c.accept(BEFORE)) {
      return CreateTrigStmt.Timing.BEFORE;
    }
    if (c.accept(AFTER)) {
      return CreateTrigStmt.Timing.AFTER;
    }
    c.expect(INSTEAD, OF);
    return CreateTrigStmt.Timing.INSTEAD;
  }

  private Events events() {
    Set<CreateTrigStmt.Event> events = EnumSet.noneOf(CreateTrigStmt.Event.class);
    List<String> columns = new ArrayList<>();
    do {
      CreateTrigStmt.Event event =
          switch (c.peek()) {
            case INSERT -> CreateTrigStmt.Event.INSERT;
            case DELETE -> CreateTrigStmt.Event.DELETE;
            case UPDATE -> CreateTrigStmt.Event.UPDATE;
            case TRUNCATE -> CreateTrigStmt.Event.TRUNCATE;
            default -> throw c.unexpected();
          };
      boolean update = event == CreateTrigStmt.Event.UPDATE;
      boolean duplicate = !events.add(event);
      if (duplicate && !update) {
        throw c.errorHere(DUPLICATE_EVENTS);
      }
      c.advance();
      if (update && c.accept(OF)) {
        columns.addAll(c.nameList());
      }
      // Only behind an UPDATE is it the next word that tells the grammar that the event is over.
      if (duplicate) {
        throw c.errorHere(DUPLICATE_EVENTS);
      }
    } while (c.accept(OR));
    return new Events(Set.copyOf(events), List.copyOf(columns));
  }

  private List<TriggerTransition> transitions() {
    if (!c.accept(REFERENCING)) {
      return List.of();
    }
    List<TriggerTransition> transitions = new ArrayList<>(2);
    do {
      boolean isNew = c.accept(NEW);
      if (!isNew) {
        c.expect(OLD);
      }
      boolean isTable = c.accept(TABLE);
      if (!isTable) {
        c.expect(ROW);
      }
      c.accept(AS);
      transitions.add(new TriggerTransition(c.colId(), isNew, isTable));
    } while (c.at(NEW) || c.at(OLD));
    return List.copyOf(transitions);
  }

  private @Nullable Expr when() {
    if (!c.accept(WHEN)) {
      return null;
    }
    return parenthesized();
  }

  private Expr parenthesized() {
    c.expect('(');
    Expr expr = g.expr.aExpr();
    c.expect(')');
    return expr;
  }

  private List<String> executedFunction() {
    c.expect(EXECUTE);
    if (!c.accept(FUNCTION)) {
      c.expect(PROCEDURE);
    }
    return g.from.functionName();
  }

  private List<String> functionArgs() {
    c.expect('(');
    List<String> args = List.of();
    if (!c.at(')')) {
      args =
          c.commaList(() ->
              switch (c.peek()) {
                case ICONST -> Integer.toString(c.iconst());
                case FCONST, SCONST -> c.text();
                default -> c.colLabel();
              });
    }
    c.expect(')');
    return args;
  }

  Stmt createEventTrigger() {
    c.expect(EVENT, TRIGGER);
    String name = c.colId();
    c.expect(ON);
    String event = c.colLabel();
    List<DefElem> when = new ArrayList<>();
    if (c.accept(WHEN)) {
      do {
        int location = c.location();
        String variable = c.colId();
        c.expect(IN);
        List<String> values = c.parenthesized(c::sconst);
        when.add(DefinitionParser.option(variable, DefinitionParser.names(values), location));
      } while (c.accept(AND));
    }
    List<String> function = executedFunction();
    c.expect('(', ')');
    return new CreateEventTrigStmt(name, event, List.copyOf(when), function);
  }

  // ---- rules

  Stmt createRule(boolean replace) {
    c.expect(RULE);
    String name = c.colId();
    c.expect(AS, ON);
    RuleStmt.Event event =
        switch (c.peek()) {
          case SELECT -> RuleStmt.Event.SELECT;
          case UPDATE -> RuleStmt.Event.UPDATE;
          case DELETE -> RuleStmt.Event.DELETE;
          case INSERT -> RuleStmt.Event.INSERT;
          default -> throw c.unexpected();
        };
    c.advance();
    c.expect(TO);
    RangeVar relation = c.qualifiedName(g);
    Expr where = c.accept(WHERE) ? g.expr.aExpr() : null;
    c.expect(DO);
    boolean instead = c.accept(INSTEAD);
    if (!instead) {
      c.accept(ALSO);
    }
    return new RuleStmt(relation, name, where, event, instead, actions(), replace);
  }

  private List<Stmt> actions() {
    if (c.accept(NOTHING)) {
      return List.of();
    }
    if (!c.at('(')) {
      return List.of(action());
    }
    c.expect('(');
    List<Stmt> actions = new ArrayList<>();
    while (!c.at(')')) {
      if (!c.at(';')) {
        actions.add(action());
      }
      if (!c.accept(';')) {
        break;
      }
    }
    c.expect(')');
    // The parentheses may have been those of a query that goes on.
    if (actions.size() == 1
        && actions.get(0) instanceof SelectStmt query
        && g.select.continuesSelect()) {
      return List.of(g.select.continueSelect(query));
    }
    return List.copyOf(actions);
  }

  private Stmt action() {
    return switch (c.peek()) {
      case NOTIFY -> u.session.notification();
      case MERGE -> throw c.unexpected();
      default -> g.dml.preparableStmt();
    };
  }

  // ---- policies

  Stmt createPolicy() {
    c.expect(POLICY);
    String name = c.colId();
    c.expect(ON);
    RangeVar relation = c.qualifiedName(g);
    boolean permissive = true;
    if (c.accept(AS)) {
      int location = c.location();
      String kind = c.ident();
      permissive = kind.equals("permissive");
      if (!permissive && !kind.equals("restrictive")) {
        throw Cursor.syntaxError(location, "unrecognized row security option \"%s\"", kind)
            .hint("Only PERMISSIVE or RESTRICTIVE policies are supported currently.");
      }
    }
    String command = "all";
    if (c.accept(FOR)) {
      command =
          switch (c.peek()) {
            case ALL, SELECT, INSERT, UPDATE, DELETE -> c.text();
            default -> throw c.unexpected();
          };
    }
    List<RoleSpec> roles =
        c.accept(TO) ? c.roleList() : List.of(new RoleSpec(RoleSpec.Type.PUBLIC, null, -1));
    Expr using = using();
    Expr check = withCheck();
    return new CreatePolicyStmt(name, relation, command, permissive, roles, using, check);
  }

  /// `name ON qualified_name` and what it shall be, ALTER POLICY read.
  Stmt alterPolicy(String name, RangeVar relation) {
    List<RoleSpec> roles = c.accept(TO) ? c.roleList() : List.of();
    Expr using = using();
    return new AlterPolicyStmt(name, relation, roles, using, withCheck());
  }

  private @Nullable Expr using() {
    return c.accept(USING) ? parenthesized() : null;
  }

  private @Nullable Expr withCheck() {
    if (!c.accept(WITH)) {
      return null;
    }
    c.expect(CHECK);
    return parenthesized();
  }
}
