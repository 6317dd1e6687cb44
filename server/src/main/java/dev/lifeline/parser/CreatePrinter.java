package dev.lifeline.parser;

import static dev.lifeline.parser.SqlText.join;
import static dev.lifeline.parser.SqlText.list;
import static dev.lifeline.parser.SqlText.name;
import static dev.lifeline.parser.SqlText.names;
import static dev.lifeline.parser.SqlText.opt;
import static dev.lifeline.parser.SqlText.optName;
import static dev.lifeline.parser.SqlText.optNames;
import static dev.lifeline.parser.SqlText.parens;
import static dev.lifeline.parser.SqlText.qualified;
import static dev.lifeline.parser.SqlText.string;
import static dev.lifeline.parser.SqlText.when;
import static dev.lifeline.parser.SqlText.words;

import dev.lifeline.parser.tree.*;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Prints the definitions of views, sequences, schemas, types, triggers and of replication, and the
/// changes of them that have a statement of their own.
final class CreatePrinter {
  private CreatePrinter() {}

  private static String ifNotExists(boolean ifNotExists) {
    return when(ifNotExists, "IF NOT EXISTS");
  }

  static String view(ViewStmt view) {
    return join(
        "CREATE",
        RoutinePrinter.orReplace(view.replace()),
        TablePrinter.persistence(view.view().relpersistence()),
        "VIEW",
        QueryPrinter.relationName(view.view()),
        optNames(view.aliases()),
        OptionPrinter.optDefinition("WITH", view.options()),
        "AS",
        QueryPrinter.select(view.query()),
        switch (view.withCheckOption()) {
          case NONE -> "";
          case LOCAL -> "WITH LOCAL CHECK OPTION";
          case CASCADED -> "WITH CASCADED CHECK OPTION";
        });
  }

  static String sequence(CreateSeqStmt create) {
    return join(
        "CREATE",
        TablePrinter.persistence(create.sequence().relpersistence()),
        "SEQUENCE",
        ifNotExists(create.ifNotExists()),
        QueryPrinter.relationName(create.sequence()),
        OptionPrinter.sequence(create.options()));
  }

  static String schema(CreateSchemaStmt create) {
    return join(
        "CREATE SCHEMA",
        ifNotExists(create.ifNotExists()),
        optName("", create.schemaname()),
        opt("AUTHORIZATION", create.authrole(), OptionPrinter::role),
        words(create.schemaElts(), TreePrinter::print));
  }

  static String databaseOptions(List<DefElem> options) {
    return words(
        options,
        option -> {
          String name =
              switch (option.defname()) {
                case "encoding", "location", "owner", "tablespace", "template" -> option.defname();
                default -> name(option.defname());
              };
          Node arg = option.arg();
          return join(name, "=", arg == null ? "DEFAULT" : OptionPrinter.arg(arg));
        });
  }

  static String extension(CreateExtensionStmt create) {
    return join(
        "CREATE EXTENSION",
        ifNotExists(create.ifNotExists()),
        name(create.extname()),
        words(
            create.options(),
            option ->
                switch (option.defname()) {
                  case "cascade" -> "CASCADE";
                  case "schema" ->
                      "SCHEMA " + (option.arg() instanceof Value.Str s ? name(s.value()) : "");
                  default -> opt("VERSION", option.arg(), OptionPrinter::arg);
                }));
  }

  // ---- types

  static String compositeType(CompositeTypeStmt create) {
    return join(
        "CREATE TYPE",
        QueryPrinter.relationName(create.typevar()),
        "AS",
        parens(list(create.coldeflist(), TablePrinter::column)));
  }

  static String domain(CreateDomainStmt create) {
    return join(
        "CREATE DOMAIN",
        qualified(create.domainname()),
        "AS",
        TypePrinter.type(create.typeName()),
        opt("", create.collClause(), ExprPrinter::expr),
        words(create.constraints(), TablePrinter::columnConstraint));
  }

  static String alterDomain(AlterDomainStmt alter) {
    String constraint = optName("", alter.name());
    String action =
        switch (alter.subtype()) {
          case DEFAULT ->
              alter.def() instanceof Expr expr
                  ? "SET DEFAULT " + ExprPrinter.expr(expr)
                  : "DROP DEFAULT";
          case DROP_NOT_NULL -> "DROP NOT NULL";
          case SET_NOT_NULL -> "SET NOT NULL";
          case ADD_CONSTRAINT ->
              alter.def() instanceof Constraint c ? "ADD " + TablePrinter.tableConstraint(c) : "";
          case DROP_CONSTRAINT ->
              join(
                  "DROP CONSTRAINT",
                  when(alter.missingOk(), "IF EXISTS"),
                  constraint,
                  ObjectPrinter.cascade(alter.behavior()));
          case VALIDATE_CONSTRAINT -> "VALIDATE CONSTRAINT " + constraint;
        };
    return join("ALTER DOMAIN", qualified(alter.typeName()), action);
  }

  static String alterEnum(AlterEnumStmt alter) {
    String old = alter.oldVal();
    String action =
        old != null
            ? "RENAME VALUE " + string(old) + " TO " + string(alter.newVal())
            : join(
                "ADD VALUE",
                ifNotExists(alter.skipIfNewValExists()),
                string(alter.newVal()),
                OptionPrinter.optString(
                    alter.newValIsAfter() ? "AFTER" : "BEFORE", alter.newValNeighbor()));
    return join("ALTER TYPE", qualified(alter.typeName()), action);
  }

  /// `SET (...)` of a type or an operator, where a missing argument is NONE.
  static String operatorOptions(List<DefElem> options) {
    return "SET "
        + parens(
            list(
                options,
                option ->
                    join(name(option.defname()), opt("=", option.arg(), OptionPrinter::arg))));
  }

  static String statistics(CreateStatsStmt create) {
    return join(
        "CREATE STATISTICS",
        ifNotExists(create.ifNotExists()),
        qualified(create.defnames()),
        optNames(create.statTypes()),
        "ON",
        list(
            create.exprs(),
            item -> join(optName("", item.name()), opt("", item.expr(), ExprPrinter::inParens))),
        "FROM",
        list(create.relations(), QueryPrinter::tableRef));
  }

  static String alterTextSearch(AlterTsConfigurationStmt alter) {
    String tokens = alter.tokentype().isEmpty() ? "" : "FOR " + names(alter.tokentype());
    String dicts = list(alter.dicts(), dict -> qualified(dict.names()));
    String action =
        switch (alter.kind()) {
          case ADD_MAPPING -> join("ADD MAPPING", tokens, "WITH", dicts);
          case ALTER_MAPPING_FOR_TOKEN -> join("ALTER MAPPING", tokens, "WITH", dicts);
          case REPLACE_DICT, REPLACE_DICT_FOR_TOKEN ->
              join("ALTER MAPPING", tokens, "REPLACE", dicts.replace(", ", " WITH "));
          case DROP_MAPPING -> join("DROP MAPPING", when(alter.missingOk(), "IF EXISTS"), tokens);
        };
    return join("ALTER TEXT SEARCH CONFIGURATION", qualified(alter.cfgname()), action);
  }

  // ---- triggers, rules, policies

  static String trigger(CreateTrigStmt create) {
    String events =
        create.events().stream()
            .sorted()
            .map(event ->
                event == CreateTrigStmt.Event.UPDATE && !create.columns().isEmpty()
                    ? "UPDATE OF " + names(create.columns())
                    : event.name())
            .collect(Collectors.joining(" OR "));
    return join(
        "CREATE",
        RoutinePrinter.orReplace(create.replace()),
        when(create.isconstraint(), "CONSTRAINT"),
        "TRIGGER",
        name(create.trigname()),
        create.timing() == CreateTrigStmt.Timing.INSTEAD ? "INSTEAD OF" : create.timing().name(),
        events,
        "ON",
        QueryPrinter.relationName(create.relation()),
        opt("FROM", create.constrrel(), QueryPrinter::relationName),
        when(create.deferrable(), "DEFERRABLE"),
        when(create.initdeferred(), "INITIALLY DEFERRED"),
        when(!create.transitionRels().isEmpty(), "REFERENCING"),
        words(create.transitionRels(), CreatePrinter::transition),
        create.row() ? "FOR EACH ROW" : "FOR EACH STATEMENT",
        opt("WHEN", create.whenClause(), ExprPrinter::inParens),
        "EXECUTE FUNCTION",
        qualified(create.funcname()),
        parens(list(create.args(), SqlText::string)));
  }

  private static String transition(TriggerTransition transition) {
    return join(
        transition.isNew() ? "NEW" : "OLD",
        transition.isTable() ? "TABLE" : "ROW",
        "AS",
        name(transition.name()));
  }

  static String eventTrigger(CreateEventTrigStmt create) {
    return join(
        "CREATE EVENT TRIGGER",
        name(create.trigname()),
        "ON",
        name(create.eventname()),
        when(!create.whenclause().isEmpty(), "WHEN"),
        create.whenclause().stream()
            .map(item ->
                name(item.defname())
                    + " IN "
                    + parens(list(OptionPrinter.strings(item.arg()), SqlText::string)))
            .collect(Collectors.joining(" AND ")),
        "EXECUTE FUNCTION",
        qualified(create.funcname()),
        "()");
  }

  static String alterEventTrigger(AlterEventTrigStmt alter) {
    return join(
        "ALTER EVENT TRIGGER",
        name(alter.trigname()),
        switch (alter.tgenabled()) {
          case 'D' -> "DISABLE";
          case 'R' -> "ENABLE REPLICA";
          case 'A' -> "ENABLE ALWAYS";
          default -> "ENABLE";
        });
  }

  static String rule(RuleStmt rule) {
    String actions =
        rule.actions().isEmpty()
            ? "NOTHING"
            : parens(
                rule.actions().stream().map(TreePrinter::print).collect(Collectors.joining("; ")));
    return join(
        "CREATE",
        RoutinePrinter.orReplace(rule.replace()),
        "RULE",
        name(rule.rulename()),
        "AS ON",
        rule.event().name(),
        "TO",
        QueryPrinter.relationName(rule.relation()),
        opt("WHERE", rule.whereClause(), ExprPrinter::expr),
        "DO",
        when(rule.instead(), "INSTEAD"),
        actions);
  }

  static String policy(CreatePolicyStmt create) {
    return join(
        "CREATE POLICY",
        name(create.policyName()),
        "ON",
        QueryPrinter.relationName(create.table()),
        when(!create.permissive(), "AS RESTRICTIVE"),
        "FOR",
        create.cmdName().toUpperCase(Locale.ROOT),
        "TO",
        OptionPrinter.roles(create.roles()),
        opt("USING", create.qual(), ExprPrinter::inParens),
        opt("WITH CHECK", create.withCheck(), ExprPrinter::inParens));
  }

  static String alterPolicy(AlterPolicyStmt alter) {
    return join(
        "ALTER POLICY",
        name(alter.policyName()),
        "ON",
        QueryPrinter.relationName(alter.table()),
        when(!alter.roles().isEmpty(), "TO"),
        OptionPrinter.roles(alter.roles()),
        opt("USING", alter.qual(), ExprPrinter::inParens),
        opt("WITH CHECK", alter.withCheck(), ExprPrinter::inParens));
  }

  // ---- replication

  static String publication(CreatePublicationStmt create) {
    return join(
        "CREATE PUBLICATION",
        name(create.pubname()),
        when(create.forAllTables(), "FOR ALL TABLES"),
        when(!create.pubobjects().isEmpty(), "FOR"),
        list(create.pubobjects(), CreatePrinter::publicationObject),
        OptionPrinter.optDefinition("WITH", create.options()));
  }

  static String alterPublication(AlterPublicationStmt alter) {
    return join(
        "ALTER PUBLICATION",
        name(alter.pubname()),
        alter.action().name(),
        list(alter.pubobjects(), CreatePrinter::publicationObject),
        OptionPrinter.optDefinition("", alter.options()));
  }

  private static String publicationObject(PublicationObjSpec object) {
    return switch (object.pubobjtype()) {
      case TABLES_IN_SCHEMA -> optName("TABLES IN SCHEMA", object.name());
      case TABLES_IN_CUR_SCHEMA -> "TABLES IN SCHEMA CURRENT_SCHEMA";
      case TABLE ->
          opt(
              "TABLE",
              object.pubtable(),
              table ->
                  join(
                      QueryPrinter.relation(table.relation()),
                      optNames(table.columns()),
                      opt("WHERE", table.whereClause(), ExprPrinter::inParens)));
    };
  }

  static String subscription(CreateSubscriptionStmt create) {
    return join(
        "CREATE SUBSCRIPTION",
        name(create.subname()),
        "CONNECTION",
        string(create.conninfo()),
        "PUBLICATION",
        names(create.publication()),
        OptionPrinter.optDefinition("WITH", create.options()));
  }

  static String alterSubscription(AlterSubscriptionStmt alter) {
    String publications = names(alter.publication());
    String with = OptionPrinter.optDefinition("WITH", alter.options());
    String action =
        switch (alter.kind()) {
          case OPTIONS -> "SET " + OptionPrinter.definition(alter.options());
          case CONNECTION -> OptionPrinter.optString("CONNECTION", alter.conninfo());
          case SET_PUBLICATION -> join("SET PUBLICATION", publications, with);
          case ADD_PUBLICATION -> join("ADD PUBLICATION", publications, with);
          case DROP_PUBLICATION -> join("DROP PUBLICATION", publications, with);
          case REFRESH -> join("REFRESH PUBLICATION", with);
          case ENABLED ->
              alter.options().get(0).arg() instanceof Value.Bool on && on.value()
                  ? "ENABLE"
                  : "DISABLE";
          case SKIP -> "SKIP " + OptionPrinter.definition(alter.options());
        };
    return join("ALTER SUBSCRIPTION", name(alter.subname()), action);
  }
}
