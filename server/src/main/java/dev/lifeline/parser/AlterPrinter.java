package dev.lifeline.parser;

import static dev.lifeline.parser.SqlText.join;
import static dev.lifeline.parser.SqlText.list;
import static dev.lifeline.parser.SqlText.name;
import static dev.lifeline.parser.SqlText.opt;
import static dev.lifeline.parser.SqlText.optName;
import static dev.lifeline.parser.SqlText.parens;
import static dev.lifeline.parser.SqlText.qualified;
import static dev.lifeline.parser.SqlText.when;
import static dev.lifeline.parser.SqlText.words;

import dev.lifeline.parser.tree.*;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Prints ALTER TABLE and its subcommands.
final class AlterPrinter {
  private AlterPrinter() {}

  static String alterTable(AlterTableStmt alter) {
    boolean type = alter.objtype() == ObjectType.TYPE;
    return join(
        "ALTER",
        ObjectPrinter.kind(alter.objtype()),
        when(alter.missingOk(), "IF EXISTS"),
        QueryPrinter.relation(alter.relation()),
        list(alter.cmds(), cmd -> type ? attribute(cmd) : command(cmd)));
  }

  static String moveAll(AlterTableMoveAllStmt move) {
    return join(
        "ALTER",
        ObjectPrinter.kind(move.objtype()),
        "ALL IN TABLESPACE",
        name(move.origTablespacename()),
        when(!move.roles().isEmpty(), "OWNED BY"),
        OptionPrinter.roles(move.roles()),
        "SET TABLESPACE",
        name(move.newTablespacename()),
        when(move.nowait(), "NOWAIT"));
  }

  private static String column(AlterTableCmd cmd) {
    String name = cmd.name();
    return "ALTER COLUMN " + (name == null ? Integer.toString(cmd.num()) : name(name));
  }

  private static List<DefElem> options(AlterTableCmd cmd) {
    return ((NodeList) Objects.requireNonNull(cmd.def()))
        .items().stream().map(item -> (DefElem) item).toList();
  }

  private static Constraint constraint(AlterTableCmd cmd) {
    return (Constraint) Objects.requireNonNull(cmd.def());
  }

  private static String cascade(AlterTableCmd cmd) {
    return when(cmd.behavior() == DropBehavior.CASCADE, "CASCADE");
  }

  private static String value(AlterTableCmd cmd) {
    return cmd.def() instanceof Value.Int number ? Integer.toString(number.value()) : "DEFAULT";
  }

  private static String word(AlterTableCmd cmd) {
    return cmd.def() instanceof Value.Str word ? word.value() : "default";
  }

  private static String expr(AlterTableCmd cmd) {
    return cmd.def() instanceof Expr expr ? ExprPrinter.expr(expr) : "";
  }

  private static String relation(@Nullable Node node) {
    return node instanceof RangeVar relation ? QueryPrinter.relationName(relation) : "";
  }

  private static String command(AlterTableCmd cmd) {
    String name = optName("", cmd.name());
    return switch (cmd.subtype()) {
      case ADD_COLUMN ->
          join(
              "ADD COLUMN",
              when(cmd.missingOk(), "IF NOT EXISTS"),
              cmd.def() instanceof ColumnDef column ? TablePrinter.column(column) : "");
      case DROP_COLUMN ->
          join("DROP COLUMN", when(cmd.missingOk(), "IF EXISTS"), name, cascade(cmd));
      case DROP_CONSTRAINT ->
          join("DROP CONSTRAINT", when(cmd.missingOk(), "IF EXISTS"), name, cascade(cmd));
      case VALIDATE_CONSTRAINT -> "VALIDATE CONSTRAINT " + name;
      case ADD_CONSTRAINT -> "ADD " + TablePrinter.tableConstraint(constraint(cmd));
      case ALTER_CONSTRAINT ->
          join(
              "ALTER",
              optName("CONSTRAINT", constraint(cmd).conname()),
              TablePrinter.attributes(constraint(cmd)));
      case CHANGE_OWNER -> opt("OWNER TO", cmd.newowner(), OptionPrinter::role);
      case CLUSTER_ON -> "CLUSTER ON " + name;
      case SET_ACCESS_METHOD -> join("SET ACCESS METHOD", name.isEmpty() ? "DEFAULT" : name);
      case SET_TABLE_SPACE -> "SET TABLESPACE " + name;
      case SET_REL_OPTIONS -> "SET " + OptionPrinter.definition(options(cmd));
      case RESET_REL_OPTIONS -> "RESET " + OptionPrinter.definition(options(cmd));
      case GENERIC_OPTIONS -> OptionPrinter.generic(options(cmd));
      case ADD_INHERIT -> "INHERIT " + relation(cmd.def());
      case DROP_INHERIT -> "NO INHERIT " + relation(cmd.def());
      case ADD_OF -> "OF " + (cmd.def() instanceof TypeName type ? qualified(type.names()) : "");
      case REPLICA_IDENTITY -> replicaIdentity(cmd);
      case ATTACH_PARTITION, DETACH_PARTITION, DETACH_PARTITION_FINALIZE -> partition(cmd);
      case ENABLE_TRIG, ENABLE_ALWAYS_TRIG, ENABLE_REPLICA_TRIG, DISABLE_TRIG -> {
        String verb = SqlText.keyword(cmd.subtype());
        yield verb.substring(0, verb.length() - "TRIG".length()) + "TRIGGER " + name;
      }
      case ENABLE_RULE, ENABLE_ALWAYS_RULE, ENABLE_REPLICA_RULE, DISABLE_RULE ->
          SqlText.keyword(cmd.subtype()) + " " + name;
      case SET_LOGGED,
          SET_UNLOGGED,
          DROP_OIDS,
          DROP_CLUSTER,
          DROP_OF,
          ENABLE_TRIG_ALL,
          DISABLE_TRIG_ALL,
          ENABLE_TRIG_USER,
          DISABLE_TRIG_USER,
          ENABLE_ROW_SECURITY,
          DISABLE_ROW_SECURITY,
          FORCE_ROW_SECURITY,
          NO_FORCE_ROW_SECURITY ->
          plain(cmd.subtype());
      case COLUMN_DEFAULT,
          DROP_NOT_NULL,
          SET_NOT_NULL,
          SET_EXPRESSION,
          DROP_EXPRESSION,
          SET_STATISTICS,
          SET_OPTIONS,
          RESET_OPTIONS,
          SET_STORAGE,
          SET_COMPRESSION,
          ALTER_COLUMN_TYPE,
          ALTER_COLUMN_GENERIC_OPTIONS,
          ADD_IDENTITY,
          SET_IDENTITY,
          DROP_IDENTITY ->
          join(column(cmd), columnCommand(cmd));
    };
  }

  /// The subcommands that are words alone.
  private static String plain(AlterTableCmd.Type type) {
    return switch (type) {
      case DROP_OIDS -> "SET WITHOUT OIDS";
      case DROP_CLUSTER -> "SET WITHOUT CLUSTER";
      case DROP_OF -> "NOT OF";
      case ENABLE_TRIG_ALL -> "ENABLE TRIGGER ALL";
      case DISABLE_TRIG_ALL -> "DISABLE TRIGGER ALL";
      case ENABLE_TRIG_USER -> "ENABLE TRIGGER USER";
      case DISABLE_TRIG_USER -> "DISABLE TRIGGER USER";
      case ENABLE_ROW_SECURITY -> "ENABLE ROW LEVEL SECURITY";
      case DISABLE_ROW_SECURITY -> "DISABLE ROW LEVEL SECURITY";
      case FORCE_ROW_SECURITY -> "FORCE ROW LEVEL SECURITY";
      case NO_FORCE_ROW_SECURITY -> "NO FORCE ROW LEVEL SECURITY";
      default -> SqlText.keyword(type);
    };
  }

  private static String columnCommand(AlterTableCmd cmd) {
    return switch (cmd.subtype()) {
      case COLUMN_DEFAULT -> cmd.def() == null ? "DROP DEFAULT" : "SET DEFAULT " + expr(cmd);
      case DROP_NOT_NULL -> "DROP NOT NULL";
      case SET_NOT_NULL -> "SET NOT NULL";
      case SET_EXPRESSION -> "SET EXPRESSION AS " + parens(expr(cmd));
      case DROP_EXPRESSION -> join("DROP EXPRESSION", when(cmd.missingOk(), "IF EXISTS"));
      case SET_STATISTICS -> "SET STATISTICS " + value(cmd);
      case SET_OPTIONS -> "SET " + OptionPrinter.definition(options(cmd));
      case RESET_OPTIONS -> "RESET " + OptionPrinter.definition(options(cmd));
      case SET_STORAGE -> "SET " + TablePrinter.setting("STORAGE", word(cmd));
      case SET_COMPRESSION -> "SET " + TablePrinter.setting("COMPRESSION", word(cmd));
      case ALTER_COLUMN_TYPE ->
          cmd.def() instanceof ColumnDef column
              ? join(
                  "TYPE",
                  opt("", column.typeName(), TypePrinter::type),
                  opt("", column.collClause(), ExprPrinter::expr),
                  opt("USING", column.rawDefault(), ExprPrinter::expr))
              : "";
      case ALTER_COLUMN_GENERIC_OPTIONS -> OptionPrinter.generic(options(cmd));
      case ADD_IDENTITY -> "ADD GENERATED " + TablePrinter.identity(constraint(cmd));
      case SET_IDENTITY -> words(options(cmd), AlterPrinter::identityOption);
      default -> join("DROP IDENTITY", when(cmd.missingOk(), "IF EXISTS"));
    };
  }

  private static String identityOption(DefElem option) {
    if (option.defname().equals("generated")) {
      boolean always = option.arg() instanceof Value.Int kind && kind.value() == 'a';
      return "SET GENERATED " + (always ? "ALWAYS" : "BY DEFAULT");
    }
    String text = OptionPrinter.sequence(List.of(option));
    return option.defname().equals("restart") ? text : "SET " + text;
  }

  private static String replicaIdentity(AlterTableCmd cmd) {
    ReplicaIdentityStmt identity = (ReplicaIdentityStmt) Objects.requireNonNull(cmd.def());
    String name = identity.name();
    return "REPLICA IDENTITY "
        + (name == null
            ? identity.identityType().name().toUpperCase(Locale.ROOT)
            : "USING INDEX " + name(name));
  }

  private static String partition(AlterTableCmd cmd) {
    PartitionCmd partition = (PartitionCmd) Objects.requireNonNull(cmd.def());
    boolean attach = cmd.subtype() == AlterTableCmd.Type.ATTACH_PARTITION;
    return join(
        attach ? "ATTACH PARTITION" : "DETACH PARTITION",
        QueryPrinter.relationName(partition.name()),
        opt("", partition.bound(), TablePrinter::bound),
        when(partition.concurrent(), "CONCURRENTLY"),
        when(cmd.subtype() == AlterTableCmd.Type.DETACH_PARTITION_FINALIZE, "FINALIZE"));
  }

  /// A subcommand of ALTER TYPE.
  private static String attribute(AlterTableCmd cmd) {
    String column = cmd.def() instanceof ColumnDef def ? TablePrinter.column(def) : "";
    return switch (cmd.subtype()) {
      case ADD_COLUMN -> join("ADD ATTRIBUTE", column, cascade(cmd));
      case DROP_COLUMN ->
          join(
              "DROP ATTRIBUTE",
              when(cmd.missingOk(), "IF EXISTS"),
              optName("", cmd.name()),
              cascade(cmd));
      default -> join("ALTER ATTRIBUTE", optName("", cmd.name()), columnCommand(cmd), cascade(cmd));
    };
  }
}
