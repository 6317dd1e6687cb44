package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.AlterTableCmd;
import dev.lifeline.parser.tree.CollateClause;
import dev.lifeline.parser.tree.ColumnDef;
import dev.lifeline.parser.tree.Constraint;
import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.DropBehavior;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.Node;
import dev.lifeline.parser.tree.NodeList;
import dev.lifeline.parser.tree.ReplicaIdentityStmt;
import dev.lifeline.parser.tree.RoleSpec;
import dev.lifeline.parser.tree.TypeName;
import dev.lifeline.parser.tree.Value;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `alter_table_cmd`: the subcommands of ALTER TABLE and of what is altered like a table.
final class AlterTableParser {
  private static final int COLUMN_NUMBER_MAX = Short.MAX_VALUE;

  private final Grammar g;
  private final Cursor c;
  private final UtilityGrammar u;

  AlterTableParser(Grammar g, UtilityGrammar u) {
    this.g = g;
    this.c = g.cursor;
    this.u = u;
  }

  /// `alter_table_cmds`
  List<AlterTableCmd> commands() {
    return c.commaList(this::command);
  }

  static AlterTableCmd cmd(AlterTableCmd.Type type) {
    return cmd(type, null, null);
  }

  static AlterTableCmd cmd(AlterTableCmd.Type type, @Nullable String name, @Nullable Node def) {
    return cmd(type, name, def, DropBehavior.RESTRICT, false);
  }

  static AlterTableCmd cmd(
      AlterTableCmd.Type type,
      @Nullable String name,
      @Nullable Node def,
      DropBehavior behavior,
      boolean missingOk) {
    return new AlterTableCmd(type, name, 0, null, def, behavior, missingOk);
  }

  private AlterTableCmd command() {
    return switch (c.peek()) {
      case ADD -> add();
      case ALTER -> alter();
      case DROP -> drop();
      case VALIDATE -> {
        c.expect(VALIDATE, CONSTRAINT);
        yield cmd(AlterTableCmd.Type.VALIDATE_CONSTRAINT, c.colId(), null);
      }
      case SET -> {
        c.advance();
        yield set();
      }
      case RESET -> {
        c.advance();
        yield cmd(
            AlterTableCmd.Type.RESET_REL_OPTIONS, null, new NodeList(u.definitions.relOptions()));
      }
      case CLUSTER -> {
        c.expect(CLUSTER, ON);
        yield cmd(AlterTableCmd.Type.CLUSTER_ON, c.colId(), null);
      }
      case ENABLE -> enable();
      case DISABLE -> disable();
      case INHERIT -> {
        c.advance();
        yield cmd(AlterTableCmd.Type.ADD_INHERIT, null, c.qualifiedName(g));
      }
      case NO -> {
        c.advance();
        if (c.accept(INHERIT)) {
          yield cmd(AlterTableCmd.Type.DROP_INHERIT, null, c.qualifiedName(g));
        }
        c.expect(FORCE);
        rowLevelSecurity();
        yield cmd(AlterTableCmd.Type.NO_FORCE_ROW_SECURITY);
      }
      case FORCE -> {
        c.advance();
        rowLevelSecurity();
        yield cmd(AlterTableCmd.Type.FORCE_ROW_SECURITY);
      }
      case OF -> {
        c.advance();
        int location = c.location();
        TypeName type = new TypeName(c.anyName(), false, false, List.of(), List.of(), location);
        yield cmd(AlterTableCmd.Type.ADD_OF, null, type);
      }
      case NOT -> {
        c.expect(NOT, OF);
        yield cmd(AlterTableCmd.Type.DROP_OF);
      }
      case OWNER -> {
        c.expect(OWNER, TO);
        RoleSpec owner = c.roleSpec();
        yield new AlterTableCmd(
            AlterTableCmd.Type.CHANGE_OWNER, null, 0, owner, null, DropBehavior.RESTRICT, false);
      }
      case REPLICA -> replicaIdentity();
      case OPTIONS ->
          cmd(
              AlterTableCmd.Type.GENERIC_OPTIONS,
              null,
              new NodeList(u.definitions.alterGenericOptions()));
      default -> throw c.unexpected();
    };
  }

  private void rowLevelSecurity() {
    c.expect(ROW, LEVEL, SECURITY);
  }

  // ---- ADD and DROP

  private AlterTableCmd add() {
    c.expect(ADD);
    if (u.tables.constraints.atTableConstraint()) {
      return cmd(AlterTableCmd.Type.ADD_CONSTRAINT, null, u.tables.constraints.tableConstraint());
    }
    c.accept(COLUMN);
    boolean missingOk = c.ifNotExists();
    return cmd(
        AlterTableCmd.Type.ADD_COLUMN,
        null,
        u.tables.columnDef(),
        DropBehavior.RESTRICT,
        missingOk);
  }

  private AlterTableCmd drop() {
    c.expect(DROP);
    AlterTableCmd.Type type = AlterTableCmd.Type.DROP_COLUMN;
    if (c.accept(CONSTRAINT)) {
      type = AlterTableCmd.Type.DROP_CONSTRAINT;
    } else {
      c.accept(COLUMN);
    }
    boolean missingOk = c.ifExists();
    String name = c.colId();
    return cmd(type, name, null, u.maintenance.dropBehavior(), missingOk);
  }

  // ---- SET

  private AlterTableCmd set() {
    return switch (c.peek()) {
      case WITHOUT -> {
        c.advance();
        if (c.accept(CLUSTER)) {
          yield cmd(AlterTableCmd.Type.DROP_CLUSTER);
        }
        c.expect(OIDS);
        yield cmd(AlterTableCmd.Type.DROP_OIDS);
      }
      case LOGGED -> {
        c.advance();
        yield cmd(AlterTableCmd.Type.SET_LOGGED);
      }
      case UNLOGGED -> {
        c.advance();
        yield cmd(AlterTableCmd.Type.SET_UNLOGGED);
      }
      case ACCESS -> {
        c.expect(ACCESS, METHOD);
        String method = c.accept(DEFAULT) ? null : c.colId();
        yield cmd(AlterTableCmd.Type.SET_ACCESS_METHOD, method, null);
      }
      case TABLESPACE -> {
        c.advance();
        yield cmd(AlterTableCmd.Type.SET_TABLE_SPACE, c.colId(), null);
      }
      default ->
          cmd(AlterTableCmd.Type.SET_REL_OPTIONS, null, new NodeList(u.definitions.relOptions()));
    };
  }

  // ---- ENABLE and DISABLE

  private AlterTableCmd enable() {
    c.expect(ENABLE);
    return switch (c.peek()) {
      case TRIGGER -> {
        c.advance();
        yield trigger(
            AlterTableCmd.Type.ENABLE_TRIG,
            AlterTableCmd.Type.ENABLE_TRIG_ALL,
            AlterTableCmd.Type.ENABLE_TRIG_USER);
      }
      case RULE -> {
        c.advance();
        yield cmd(AlterTableCmd.Type.ENABLE_RULE, c.colId(), null);
      }
      case ALWAYS, REPLICA -> {
        boolean always = c.at(ALWAYS);
        c.advance();
        if (c.accept(TRIGGER)) {
          yield cmd(
              always
                  ? AlterTableCmd.Type.ENABLE_ALWAYS_TRIG
                  : AlterTableCmd.Type.ENABLE_REPLICA_TRIG,
              c.colId(),
              null);
        }
        c.expect(RULE);
        yield cmd(
            always ? AlterTableCmd.Type.ENABLE_ALWAYS_RULE : AlterTableCmd.Type.ENABLE_REPLICA_RULE,
            c.colId(),
            null);
      }
      default -> {
        rowLevelSecurity();
        yield cmd(AlterTableCmd.Type.ENABLE_ROW_SECURITY);
      }
    };
  }

  private AlterTableCmd disable() {
    c.expect(DISABLE);
    return switch (c.peek()) {
      case TRIGGER -> {
        c.advance();
        yield trigger(
            AlterTableCmd.Type.DISABLE_TRIG,
            AlterTableCmd.Type.DISABLE_TRIG_ALL,
            AlterTableCmd.Type.DISABLE_TRIG_USER);
      }
      case RULE -> {
        c.advance();
        yield cmd(AlterTableCmd.Type.DISABLE_RULE, c.colId(), null);
      }
      default -> {
        rowLevelSecurity();
        yield cmd(AlterTableCmd.Type.DISABLE_ROW_SECURITY);
      }
    };
  }

  private AlterTableCmd trigger(
      AlterTableCmd.Type one, AlterTableCmd.Type all, AlterTableCmd.Type user) {
    if (c.accept(ALL)) {
      return cmd(all);
    }
    return c.accept(USER) ? cmd(user) : cmd(one, c.colId(), null);
  }

  private AlterTableCmd replicaIdentity() {
    c.expect(REPLICA, IDENTITY);
    ReplicaIdentityStmt identity;
    switch (c.peek()) {
      case NOTHING -> identity = identity(ReplicaIdentityStmt.Type.NOTHING);
      case FULL -> identity = identity(ReplicaIdentityStmt.Type.FULL);
      case DEFAULT -> identity = identity(ReplicaIdentityStmt.Type.DEFAULT);
      default -> {
        c.expect(USING, INDEX);
        identity = new ReplicaIdentityStmt(ReplicaIdentityStmt.Type.INDEX, c.colId());
      }
    }
    return cmd(AlterTableCmd.Type.REPLICA_IDENTITY, null, identity);
  }

  private ReplicaIdentityStmt identity(ReplicaIdentityStmt.Type type) {
    c.advance();
    return new ReplicaIdentityStmt(type, null);
  }

  // ---- ALTER [COLUMN]

  private AlterTableCmd alter() {
    c.expect(ALTER);
    if (c.accept(CONSTRAINT)) {
      int location = c.location();
      ConstraintBuilder builder = new ConstraintBuilder(Constraint.Type.FOREIGN, location);
      builder.name = c.colId();
      ConstraintAttributes attributes = ConstraintAttributes.read(c);
      attributes.refuseBeyondDeferral("FOREIGN KEY");
      builder.deferrable = attributes.deferrable();
      builder.initiallyDeferred = attributes.initiallyDeferred();
      return cmd(AlterTableCmd.Type.ALTER_CONSTRAINT, null, builder.build());
    }
    c.accept(COLUMN);
    if (c.at(ICONST)) {
      return setStatisticsOfNumber();
    }
    int location = c.location();
    String name = c.colId();
    return switch (c.peek()) {
      case SET -> {
        c.advance();
        yield setColumn(name, location);
      }
      case DROP -> {
        c.advance();
        yield dropFromColumn(name);
      }
      case RESET -> {
        c.advance();
        yield cmd(AlterTableCmd.Type.RESET_OPTIONS, name, new NodeList(u.definitions.relOptions()));
      }
      case RESTART -> identityOptions(name, new ArrayList<>());
      case ADD -> addIdentity(name);
      case TYPE -> columnType(name, location);
      case OPTIONS ->
          cmd(
              AlterTableCmd.Type.ALTER_COLUMN_GENERIC_OPTIONS,
              name,
              new NodeList(u.definitions.alterGenericOptions()));
      default -> throw c.unexpected();
    };
  }

  private AlterTableCmd setStatisticsOfNumber() {
    int location = c.location();
    int number = c.iconst();
    c.expect(SET, STATISTICS);
    Value target = statisticsTarget();
    if (number <= 0 || number > COLUMN_NUMBER_MAX) {
      throw PgException.error(
              SqlState.INVALID_PARAMETER_VALUE,
              "column number must be in range from 1 to %d",
              COLUMN_NUMBER_MAX)
          .at(location);
    }
    return new AlterTableCmd(
        AlterTableCmd.Type.SET_STATISTICS,
        null,
        number,
        null,
        target,
        DropBehavior.RESTRICT,
        false);
  }

  /// `set_statistics_value`; null for DEFAULT.
  Value.@Nullable Int statisticsTarget() {
    return c.accept(DEFAULT) ? null : new Value.Int(c.signedIconst());
  }

  private AlterTableCmd setColumn(String name, int location) {
    return switch (c.peek()) {
      case DEFAULT -> {
        c.advance();
        yield cmd(AlterTableCmd.Type.COLUMN_DEFAULT, name, g.expr.aExpr());
      }
      case NOT -> {
        c.expect(NOT, NULL);
        yield cmd(AlterTableCmd.Type.SET_NOT_NULL, name, null);
      }
      case EXPRESSION -> {
        c.expect(EXPRESSION, AS, '(');
        Expr expr = g.expr.aExpr();
        c.expect(')');
        yield cmd(AlterTableCmd.Type.SET_EXPRESSION, name, expr);
      }
      case STATISTICS -> {
        c.advance();
        yield cmd(AlterTableCmd.Type.SET_STATISTICS, name, statisticsTarget());
      }
      case '(' ->
          cmd(AlterTableCmd.Type.SET_OPTIONS, name, new NodeList(u.definitions.relOptions()));
      case STORAGE -> {
        c.advance();
        yield cmd(AlterTableCmd.Type.SET_STORAGE, name, new Value.Str(u.tables.columnSetting()));
      }
      case COMPRESSION -> {
        c.advance();
        yield cmd(
            AlterTableCmd.Type.SET_COMPRESSION, name, new Value.Str(u.tables.columnSetting()));
      }
      case DATA -> {
        c.advance();
        yield columnType(name, location);
      }
      default -> {
        List<DefElem> options = new ArrayList<>();
        options.add(identityOption());
        yield identityOptions(name, options);
      }
    };
  }

  private AlterTableCmd dropFromColumn(String name) {
    return switch (c.peek()) {
      case DEFAULT -> {
        c.advance();
        yield cmd(AlterTableCmd.Type.COLUMN_DEFAULT, name, null);
      }
      case NOT -> {
        c.expect(NOT, NULL);
        yield cmd(AlterTableCmd.Type.DROP_NOT_NULL, name, null);
      }
      case EXPRESSION -> {
        c.advance();
        yield cmd(
            AlterTableCmd.Type.DROP_EXPRESSION,
            name,
            null,
            DropBehavior.RESTRICT,
            c.ifExistsOnly());
      }
      default -> {
        c.expect(IDENTITY);
        yield cmd(
            AlterTableCmd.Type.DROP_IDENTITY, name, null, DropBehavior.RESTRICT, c.ifExistsOnly());
      }
    };
  }

  private AlterTableCmd addIdentity(String name) {
    c.expect(ADD);
    int location = c.expect(GENERATED);
    ConstraintBuilder builder = new ConstraintBuilder(Constraint.Type.IDENTITY, location);
    builder.generatedAlways = u.tables.constraints.generatedWhen();
    c.expect(AS, IDENTITY);
    builder.options = u.definitions.optParenthesizedSequenceOptions();
    return cmd(AlterTableCmd.Type.ADD_IDENTITY, name, builder.build());
  }

  /// `alter_identity_column_option` behind its SET.
  private DefElem identityOption() {
    int location = c.location();
    if (c.accept(GENERATED)) {
      boolean always = u.tables.constraints.generatedWhen();
      return DefinitionParser.option("generated", new Value.Int(always ? 'a' : 'd'), location);
    }
    DefElem option = u.definitions.sequenceOption();
    return switch (option.defname()) {
      case "as", "restart", "owned_by" ->
          throw Cursor.syntaxError(
              location, "sequence option \"%s\" not supported here", option.defname());
      default -> option;
    };
  }

  private AlterTableCmd identityOptions(String name, List<DefElem> options) {
    while (true) {
      int location = c.location();
      if (c.accept(RESTART)) {
        options.add(u.definitions.restart(location));
      } else if (c.accept(SET)) {
        options.add(identityOption());
      } else {
        return cmd(AlterTableCmd.Type.SET_IDENTITY, name, new NodeList(List.copyOf(options)));
      }
    }
  }

  private AlterTableCmd columnType(String name, int location) {
    c.expect(TYPE);
    TypeName type = g.type.typeName();
    CollateClause collate = g.from.optCollateClause();
    Expr using = c.accept(USING) ? g.expr.aExpr() : null;
    ColumnDef column =
        new ColumnDef(name, type, null, null, using, collate, List.of(), List.of(), location);
    return cmd(AlterTableCmd.Type.ALTER_COLUMN_TYPE, name, column);
  }

  // ---- composite types

  /// `alter_type_cmd`
  AlterTableCmd attributeCommand() {
    return switch (c.peek()) {
      case ADD -> {
        c.expect(ADD, ATTRIBUTE);
        ColumnDef column = g.from.tableFuncElement();
        yield cmd(AlterTableCmd.Type.ADD_COLUMN, null, column, u.maintenance.dropBehavior(), false);
      }
      case DROP -> {
        c.expect(DROP, ATTRIBUTE);
        boolean missingOk = c.ifExists();
        String name = c.colId();
        yield cmd(
            AlterTableCmd.Type.DROP_COLUMN, name, null, u.maintenance.dropBehavior(), missingOk);
      }
      default -> {
        c.expect(ALTER, ATTRIBUTE);
        int location = c.location();
        String name = c.colId();
        if (c.accept(SET)) {
          c.expect(DATA);
        }
        c.expect(TYPE);
        TypeName type = g.type.typeName();
        CollateClause collate = g.from.optCollateClause();
        ColumnDef column =
            new ColumnDef(name, type, null, null, null, collate, List.of(), List.of(), location);
        yield cmd(
            AlterTableCmd.Type.ALTER_COLUMN_TYPE,
            name,
            column,
            u.maintenance.dropBehavior(),
            false);
      }
    };
  }
}
