package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.UserType;
import dev.lifeline.utils.adt.UserTypes;
import dev.lifeline.utils.error.PgException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The definitions that the catalogs keep as texts (defaults, checks, expressions and conditions of
/// indexes, conditions of publications, queries of views), as far as they name a type that a user
/// has made, or a value of it.
final class TypeMentions {
  private static final Map<String, List<String>> EXPRESSIONS =
      Map.of(
          "pg_attrdef", List.of("adbin"),
          "pg_constraint", List.of("conbin"),
          "pg_index", List.of("indexprs", "indpred"),
          "pg_publication_rel", List.of("prqual"));

  private final CommandContext context;
  private final BackendCatalog catalog;

  TypeMentions(CommandContext context) {
    this.context = context;
    this.catalog = context.catalog();
  }

  /// A definition that a type cannot be dropped without.
  record Mention(Relation relation, String object, int type) {
    String reason(BackendCatalog catalog) {
      UserType named = catalog.types().find(type);
      return object + " depends on type " + (named == null ? "" : catalog.types().shownName(named));
    }
  }

  /// The definitions that name a type and do not go with a column of it.
  ///
  /// @param uses the columns of the type, and the views with such
  List<Mention> of(UserType type, List<TypeCommands.Use> uses) {
    String reference = UserTypes.reference(type.oid());
    List<Mention> found = new ArrayList<>();
    for (CatalogRow row : naming("pg_attrdef", "adbin", reference)) {
      add(
          found,
          type,
          row.oid("adrelid"),
          (relation, described) -> {
            Relation.Column column = relation.column(row.integer("adnum"));
            String what = column.isGenerated() ? "" : "default value for ";
            return uses.stream().anyMatch(use -> use.isOf(relation, column.attnum()))
                ? null
                : what + "column " + column.name() + " of " + described;
          });
    }
    for (CatalogRow row : naming("pg_constraint", "conbin", reference)) {
      add(
          found,
          type,
          row.oid("conrelid"),
          (relation, described) -> {
            boolean goes =
                row.integers("conkey").stream()
                    .anyMatch(number -> uses.stream().anyMatch(use -> use.isOf(relation, number)));
            return goes ? null : "constraint " + row.text("conname") + " on " + described;
          });
    }
    for (String text : List.of("indexprs", "indpred")) {
      for (CatalogRow row : naming("pg_index", text, reference)) {
        add(found, type, row.oid("indrelid"), (relation, described) -> index(relation, row, uses));
      }
    }
    for (CatalogRow row : naming("pg_rewrite", "ev_action", reference)) {
      add(
          found,
          type,
          row.oid("ev_class"),
          (relation, described) ->
              uses.stream().anyMatch(use -> use.relation().oid() == relation.oid())
                  ? null
                  : described);
    }
    return found;
  }

  @FunctionalInterface
  private interface Describe {
    /// Null for what goes with a column.
    @Nullable String of(Relation relation, String described);
  }

  private void add(List<Mention> found, UserType type, int oid, Describe describe) {
    Relation relation = catalog.byOid(oid);
    String object =
        relation == null
            ? null
            : describe.of(relation, new DropCommands(context).describe(relation));
    if (relation != null && object != null) {
      found.add(new Mention(relation, object, type.oid()));
    }
  }

  private @Nullable String index(Relation table, CatalogRow row, List<TypeCommands.Use> uses) {
    for (Relation.Index index : table.indexes()) {
      if (index.oid() == row.oid("indexrelid")) {
        boolean goes =
            uses.stream()
                .anyMatch(use ->
                    use.relation().oid() == table.oid()
                        && new DefinitionExpressions(context).uses(table, index, use.column()));
        return goes ? null : "index " + index.name();
      }
    }
    return null;
  }

  private List<CatalogRow> naming(String table, String column, String reference) {
    return catalog
        .reader()
        .scan(
            table,
            row -> {
              String text = row.textOrNull(column);
              return text != null && text.contains(reference);
            });
  }

  /// Adds the steps that write a value of an enum type by its new name.
  void rename(CatalogWriter writer, UserType type, String from, String to) {
    refuseViews(from);
    String reference = UserTypes.reference(type.oid());
    Pattern literal =
        Pattern.compile("'((?:[^']|'')*)'::" + Pattern.quote(reference) + "(\\[\\])?");
    EXPRESSIONS.forEach((table, columns) -> {
      for (CatalogRow row : catalog.reader().scan(table, r -> true)) {
        CatalogRow changed = row.copy();
        boolean any = false;
        for (String column : columns) {
          String before = row.textOrNull(column);
          if (before != null && before.contains(reference)) {
            String after =
                literal.matcher(before).replaceAll(found -> renamed(found.group(), from, to));
            changed.set(column, after);
            any |= !after.equals(before);
          }
        }
        if (any) {
          writer.update(changed);
        }
      }
    });
  }

  private static String renamed(String constant, String from, String to) {
    boolean array = constant.endsWith("[]");
    if ((array && constant.contains(quoted(from))) || (from + to).contains("\\")) {
      throw PgException.notSupported("renaming a value of an enum type that a definition names");
    }
    String old = "'" + quoted(from) + "'::";
    return Matcher.quoteReplacement(
        !array && constant.startsWith(old)
            ? "'" + quoted(to) + "'::" + constant.substring(old.length())
            : constant);
  }

  private static String quoted(String label) {
    return label.replace("'", "''");
  }

  /// In the query of a view a literal does not say of which type it is.
  private void refuseViews(String label) {
    String literal = "'" + quoted(label) + "'";
    boolean named =
        !catalog
            .reader()
            .scan(
                "pg_rewrite",
                row -> {
                  String text = row.text("ev_action");
                  return text.contains(literal)
                      || (text.contains("'{") && text.contains(quoted(label)))
                      || (text.contains("E'") && label.contains("\\"));
                })
            .isEmpty();
    if (named) {
      throw PgException.notSupported("renaming a value of an enum type that a view may name");
    }
  }
}
