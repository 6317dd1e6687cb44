package dev.lifeline.commands;

import dev.lifeline.catalog.Relation;
import dev.lifeline.parser.tree.CopyStmt;
import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.Indirection;
import dev.lifeline.parser.tree.Value;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// COPY: reads the options and finds the columns; [CopyFrom] and [CopyTo] do the rest.
final class CopyCommand {
  private CopyCommand() {}

  static Future<String> run(CommandContext context, CopyStmt statement) {
    if (statement.isProgram()) {
      throw PgException.notSupported("COPY ... PROGRAM");
    }
    if (statement.filename() != null) {
      throw PgException.notSupported(
          statement.isFrom() ? "COPY FROM a file on the server" : "COPY TO a file on the server");
    }
    CopyOptions options = options(statement);
    return statement.isFrom()
        ? new CopyFrom(context, statement, options).run()
        : new CopyTo(context, statement, options).run();
  }

  private static CopyOptions options(CopyStmt statement) {
    CopyOptions.Builder builder = new CopyOptions.Builder();
    Set<String> seen = new HashSet<>();
    for (DefElem option : statement.options()) {
      String name = option.defname().toLowerCase(Locale.ROOT);
      if (!seen.add(name)) {
        throw DefElems.conflicting(option);
      }
      switch (name) {
        case "format" -> format(builder, option);
        case "freeze" -> builder.freeze(DefElems.bool(option));
        case "delimiter" -> builder.delimiter(DefElems.string(option));
        case "null" -> builder.nullText(DefElems.string(option));
        case "header" -> builder.header(header(option, statement.isFrom()));
        case "quote" -> builder.quote(DefElems.string(option));
        case "escape" -> builder.escape(DefElems.string(option));
        case "force_quote" ->
            builder.forceQuote(
                option.arg() instanceof Indirection.Star ? null : DefElems.names(option));
        case "force_not_null" -> builder.forceNotNull(DefElems.names(option));
        case "force_null" -> builder.forceNull(DefElems.names(option));
        case "encoding" -> checkEncoding(option);
        default -> throw DefElems.notRecognized(option);
      }
    }
    return builder.build(statement.isFrom());
  }

  private static void format(CopyOptions.Builder builder, DefElem option) {
    try {
      builder.format(DefElems.string(option));
    } catch (PgException e) {
      throw e.at(option.location());
    }
  }

  private static CopyOptions.Header header(DefElem option, boolean from) {
    if (option.arg() instanceof Value.Str s && s.value().equalsIgnoreCase("match")) {
      if (!from) {
        throw PgException.error(
            SqlState.FEATURE_NOT_SUPPORTED, "cannot use \"match\" with HEADER in COPY TO");
      }
      return CopyOptions.Header.MATCH;
    }
    return DefElems.bool(option) ? CopyOptions.Header.PRESENT : CopyOptions.Header.NONE;
  }

  private static void checkEncoding(DefElem option) {
    String name = DefElems.string(option).toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "");
    if (!Set.of("UTF8", "UNICODE", "SQLASCII").contains(name)) {
      throw PgException.notSupported("encoding \"" + DefElems.string(option) + "\"")
          .at(option.location());
    }
  }

  /// The columns of a COPY: those that are named, or all.
  static List<Relation.Column> columns(Relation relation, List<String> names) {
    List<Relation.Column> columns = new ArrayList<>();
    if (names.isEmpty()) {
      relation.columns().stream()
          .filter(column -> !column.dropped() && !column.isGenerated())
          .forEach(columns::add);
      return columns;
    }
    for (String name : names) {
      Relation.Column column = relation.requireColumn(name);
      if (column.isGenerated()) {
        throw PgException.error(
                SqlState.INVALID_COLUMN_REFERENCE, "column \"%s\" is a generated column", name)
            .detail("Generated columns cannot be used in COPY.");
      }
      if (columns.contains(column)) {
        throw PgException.error(
            SqlState.DUPLICATE_COLUMN, "column \"%s\" specified more than once", name);
      }
      columns.add(column);
    }
    return columns;
  }

  /// Which of the columns an option like FORCE_NULL names.
  static boolean[] named(List<Relation.Column> columns, List<String> names, String option) {
    boolean[] named = new boolean[columns.size()];
    for (String name : names) {
      boolean found = false;
      for (int i = 0; i < named.length; i++) {
        if (columns.get(i).name().equals(name)) {
          named[i] = true;
          found = true;
        }
      }
      if (!found) {
        throw PgException.error(
            SqlState.INVALID_COLUMN_REFERENCE,
            "%s column \"%s\" not referenced by COPY",
            option,
            name);
      }
    }
    return named;
  }
}
