package dev.lifeline.parser;

import static dev.lifeline.parser.SqlText.join;
import static dev.lifeline.parser.SqlText.label;
import static dev.lifeline.parser.SqlText.list;
import static dev.lifeline.parser.SqlText.name;
import static dev.lifeline.parser.SqlText.names;
import static dev.lifeline.parser.SqlText.opt;
import static dev.lifeline.parser.SqlText.optName;
import static dev.lifeline.parser.SqlText.optNames;
import static dev.lifeline.parser.SqlText.parens;
import static dev.lifeline.parser.SqlText.string;
import static dev.lifeline.parser.SqlText.when;
import static dev.lifeline.parser.SqlText.words;

import dev.lifeline.parser.tree.*;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Prints the statements of sessions and of maintenance, and those of foreign data.
final class UtilityPrinter {
  private static final List<String> LOCK_MODES =
      List.of(
          "ACCESS SHARE",
          "ROW SHARE",
          "ROW EXCLUSIVE",
          "SHARE UPDATE EXCLUSIVE",
          "SHARE",
          "SHARE ROW EXCLUSIVE",
          "EXCLUSIVE",
          "ACCESS EXCLUSIVE");

  private UtilityPrinter() {}

  static String transaction(TransactionStmt stmt) {
    String modes = list(stmt.options(), OptionPrinter::transactionMode);
    String chain = when(stmt.chain(), "AND CHAIN");
    String savepoint = optName("", stmt.savepointName());
    String gid = OptionPrinter.optString("", stmt.gid());
    return switch (stmt.kind()) {
      case BEGIN -> join("BEGIN", modes);
      case START -> join("START TRANSACTION", modes);
      case COMMIT -> join("COMMIT", chain);
      case ROLLBACK -> join("ROLLBACK", chain);
      case SAVEPOINT -> "SAVEPOINT " + savepoint;
      case RELEASE -> "RELEASE SAVEPOINT " + savepoint;
      case ROLLBACK_TO -> "ROLLBACK TO SAVEPOINT " + savepoint;
      case PREPARE -> "PREPARE TRANSACTION " + gid;
      case COMMIT_PREPARED -> "COMMIT PREPARED " + gid;
      case ROLLBACK_PREPARED -> "ROLLBACK PREPARED " + gid;
    };
  }

  static String constraints(ConstraintsSetStmt stmt) {
    return join(
        "SET CONSTRAINTS",
        stmt.constraints().isEmpty() ? "ALL" : list(stmt.constraints(), QueryPrinter::relationName),
        stmt.deferred() ? "DEFERRED" : "IMMEDIATE");
  }

  static String show(VariableShowStmt stmt) {
    return "SHOW " + (stmt.name().equals("all") ? "ALL" : OptionPrinter.variable(stmt.name()));
  }

  static String declare(DeclareCursorStmt stmt) {
    String options =
        stmt.options().stream()
            .sorted()
            .filter(option -> option != DeclareCursorStmt.Option.HOLD)
            .map(SqlText::keyword)
            .collect(Collectors.joining(" "));
    return join(
        "DECLARE",
        name(stmt.portalname()),
        options,
        "CURSOR",
        when(stmt.options().contains(DeclareCursorStmt.Option.HOLD), "WITH HOLD"),
        "FOR",
        QueryPrinter.preparable(stmt.query()));
  }

  static String fetch(FetchStmt stmt) {
    String count = stmt.howMany() == Long.MAX_VALUE ? "ALL" : Long.toString(stmt.howMany());
    return join(
        stmt.ismove() ? "MOVE" : "FETCH",
        stmt.direction().name(),
        count,
        "FROM",
        name(stmt.portalname()));
  }

  static String prepare(PrepareStmt stmt) {
    return join(
        "PREPARE",
        name(stmt.name()),
        SqlText.optParens(stmt.argtypes(), TypePrinter::type),
        "AS",
        QueryPrinter.preparable(stmt.query()));
  }

  // ---- maintenance

  static String copy(CopyStmt copy) {
    String source =
        join(
            opt("", copy.query(), query -> parens(QueryPrinter.preparable(query))),
            opt("", copy.relation(), QueryPrinter::relationName),
            optNames(copy.attlist()));
    String file = copy.filename();
    String stream = copy.isFrom() ? "STDIN" : "STDOUT";
    return join(
        "COPY",
        source,
        copy.isFrom() ? "FROM" : "TO",
        when(copy.isProgram(), "PROGRAM"),
        file == null ? stream : string(file),
        copyOptions(copy.options()),
        opt("WHERE", copy.whereClause(), ExprPrinter::expr));
  }

  private static String copyOptions(List<DefElem> options) {
    if (options.isEmpty()) {
      return "";
    }
    // Only the syntax of before version 9.0 has booleans.
    boolean old = options.stream().anyMatch(option -> option.arg() instanceof Value.Bool);
    return old
        ? words(options, UtilityPrinter::oldCopyOption)
        : "WITH " + parens(list(options, UtilityPrinter::copyOption));
  }

  private static String copyOption(DefElem option) {
    return join(label(option.defname()), opt("", option.arg(), OptionPrinter::arg));
  }

  private static String oldCopyOption(DefElem option) {
    Node arg = option.arg();
    String word = option.defname().toUpperCase(Locale.ROOT);
    return switch (option.defname()) {
      case "format" -> arg instanceof Value.Str format ? format.value() : "";
      case "freeze", "header" -> word;
      case "force_quote", "force_not_null", "force_null" ->
          word.replace('_', ' ')
              + " "
              + (arg instanceof NodeList ? names(OptionPrinter.strings(arg)) : "*");
      default -> join(word, opt("", arg, OptionPrinter::arg));
    };
  }

  static String vacuum(VacuumStmt vacuum) {
    return join(
        vacuum.isVacuumcmd() ? "VACUUM" : "ANALYZE",
        OptionPrinter.utility(vacuum.options()),
        list(
            vacuum.rels(),
            item -> join(QueryPrinter.relationName(item.relation()), optNames(item.vaCols()))));
  }

  static String cluster(ClusterStmt cluster) {
    return join(
        "CLUSTER",
        OptionPrinter.utility(cluster.params()),
        opt("", cluster.relation(), QueryPrinter::relationName),
        optName("USING", cluster.indexname()));
  }

  static String reindex(ReindexStmt reindex) {
    return join(
        "REINDEX",
        OptionPrinter.utility(reindex.params()),
        reindex.kind().name(),
        opt("", reindex.relation(), QueryPrinter::relationName),
        optName("", reindex.name()));
  }

  static String truncate(TruncateStmt truncate) {
    return join(
        "TRUNCATE",
        list(truncate.relations(), QueryPrinter::relation),
        when(truncate.restartSeqs(), "RESTART IDENTITY"),
        ObjectPrinter.cascade(truncate.behavior()));
  }

  static String lock(LockStmt lock) {
    return join(
        "LOCK TABLE",
        list(lock.relations(), QueryPrinter::relation),
        "IN",
        LOCK_MODES.get(lock.mode() - 1),
        "MODE",
        when(lock.nowait(), "NOWAIT"));
  }

  static String explain(ExplainStmt explain) {
    return join(
        "EXPLAIN", OptionPrinter.utility(explain.options()), TreePrinter.print(explain.query()));
  }

  static String refresh(RefreshMatViewStmt refresh) {
    return join(
        "REFRESH MATERIALIZED VIEW",
        when(refresh.concurrent(), "CONCURRENTLY"),
        QueryPrinter.relationName(refresh.relation()),
        when(refresh.skipData(), "WITH NO DATA"));
  }

  // ---- databases and tablespaces

  static String alterDatabase(AlterDatabaseStmt alter) {
    return join(
        "ALTER DATABASE",
        name(alter.dbname()),
        "WITH",
        CreatePrinter.databaseOptions(alter.options()));
  }

  static String dropDatabase(DropdbStmt drop) {
    return join(
        "DROP DATABASE",
        when(drop.missingOk(), "IF EXISTS"),
        name(drop.dbname()),
        when(!drop.options().isEmpty(), "WITH"),
        SqlText.optParens(drop.options(), option -> option.defname().toUpperCase(Locale.ROOT)));
  }

  static String createTablespace(CreateTableSpaceStmt create) {
    return join(
        "CREATE TABLESPACE",
        name(create.tablespacename()),
        opt("OWNER", create.owner(), OptionPrinter::role),
        "LOCATION",
        string(create.location()),
        OptionPrinter.optDefinition("WITH", create.options()));
  }

  static String alterExtension(AlterExtensionStmt alter) {
    return join(
        "ALTER EXTENSION",
        name(alter.extname()),
        "UPDATE",
        words(alter.options(), option -> opt("TO", option.arg(), OptionPrinter::arg)));
  }

  static String alterExtensionContents(AlterExtensionContentsStmt alter) {
    return join(
        "ALTER EXTENSION",
        name(alter.extname()),
        alter.add() ? "ADD" : "DROP",
        ObjectPrinter.reference(alter.objtype(), alter.object()));
  }

  // ---- foreign data

  private static String functionOptions(List<DefElem> options) {
    return words(
        options,
        option -> {
          String word = option.defname().equals("handler") ? "HANDLER" : "VALIDATOR";
          Node arg = option.arg();
          return arg == null ? "NO " + word : word + " " + OptionPrinter.names(arg);
        });
  }

  static String createWrapper(CreateFdwStmt create) {
    return join(
        "CREATE FOREIGN DATA WRAPPER",
        name(create.fdwname()),
        functionOptions(create.funcOptions()),
        OptionPrinter.generic(create.options()));
  }

  static String alterWrapper(AlterFdwStmt alter) {
    return join(
        "ALTER FOREIGN DATA WRAPPER",
        name(alter.fdwname()),
        functionOptions(alter.funcOptions()),
        OptionPrinter.generic(alter.options()));
  }

  static String createServer(CreateForeignServerStmt create) {
    return join(
        "CREATE SERVER",
        when(create.ifNotExists(), "IF NOT EXISTS"),
        name(create.servername()),
        OptionPrinter.optString("TYPE", create.servertype()),
        OptionPrinter.optString("VERSION", create.version()),
        "FOREIGN DATA WRAPPER",
        name(create.fdwname()),
        OptionPrinter.generic(create.options()));
  }

  static String alterServer(AlterForeignServerStmt alter) {
    return join(
        "ALTER SERVER",
        name(alter.servername()),
        alter.hasVersion() ? "VERSION " + OptionPrinter.stringOrNull(alter.version()) : "",
        OptionPrinter.generic(alter.options()));
  }

  static String userMapping(
      String verb, RoleSpec user, String server, boolean exists, List<DefElem> options) {
    String condition = verb.equals("CREATE") ? "IF NOT EXISTS" : "IF EXISTS";
    return join(
        verb,
        "USER MAPPING",
        when(exists, condition),
        "FOR",
        OptionPrinter.role(user),
        "SERVER",
        name(server),
        OptionPrinter.generic(options));
  }

  static String importSchema(ImportForeignSchemaStmt stmt) {
    String which =
        switch (stmt.listType()) {
          case ALL -> "";
          case LIMIT_TO -> "LIMIT TO";
          case EXCEPT -> "EXCEPT";
        };
    return join(
        "IMPORT FOREIGN SCHEMA",
        name(stmt.remoteSchema()),
        which,
        SqlText.optParens(stmt.tableList(), QueryPrinter::relation),
        "FROM SERVER",
        name(stmt.serverName()),
        "INTO",
        name(stmt.localSchema()),
        OptionPrinter.generic(stmt.options()));
  }
}
