package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.SequenceWriter;
import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.QualifiedName;
import dev.lifeline.utils.adt.QuoteIdent;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The sequences behind serial and identity columns of one table.
final class OwnedSequences {
  private final BackendCatalog catalog;
  private final CatalogWriter writer;
  private final int namespace;
  private final Set<String> taken = new HashSet<>();
  private final List<Owned> owned = new ArrayList<>();

  private record Owned(int sequence, int column, char type) {}

  OwnedSequences(CommandContext context, CatalogWriter writer, int namespace) {
    this.catalog = context.catalog();
    this.writer = writer;
    this.namespace = namespace;
  }

  /// Creates the sequence of a column that has one.
  ///
  /// @param attnum the column's number
  /// @return the source of the column's default, or null for a column without a sequence
  @Nullable String defaultFor(String table, TableDefinition.Column column, int attnum) {
    if (!column.serial && column.identity == 0) {
      return null;
    }
    Made made = create(table, column.name, column.type.oid(), column.sequenceOptions);
    owned.add(new Owned(made.oid, attnum, column.serial ? 'a' : 'i'));
    // With its schema, for the text is read again under whatever search path.
    String text = QuoteIdent.quote(made.schema) + "." + QuoteIdent.quote(made.name);
    return "nextval('" + text.replace("'", "''") + "'::regclass)";
  }

  private record Made(int oid, String schema, String name) {}

  private Made create(String table, String column, int type, List<DefElem> given) {
    List<DefElem> options = new ArrayList<>();
    List<String> names = List.of();
    for (DefElem option : given) {
      if (option.defname().equals("sequence_name") && option.arg() instanceof QualifiedName name) {
        names = name.names();
      } else {
        options.add(option);
      }
    }
    int schema = names.size() < 2 ? namespace : catalog.namespaceOid(names.get(names.size() - 2));
    if (schema == 0) {
      throw PgException.error(
          SqlState.INVALID_SCHEMA_NAME,
          "schema \"%s\" does not exist",
          names.get(names.size() - 2));
    }
    String name = names.isEmpty() ? choose(table, column) : names.getLast();
    if (catalog.find(schema, name) != null) {
      throw CreateTable.duplicate(name);
    }
    taken.add(name);
    int oid =
        new SequenceWriter(writer)
            .create(
                name,
                schema,
                catalog.userOid(),
                new SequenceOptions(options).definition(null, type));
    return new Made(oid, String.valueOf(catalog.namespaceName(schema)), name);
  }

  private String choose(String table, String column) {
    return ObjectNames.choose(
        table, column, "seq", n -> taken.contains(n) || catalog.find(namespace, n) != null);
  }

  /// ALTER TABLE ... ADD GENERATED ... AS IDENTITY: a sequence for a column that is there.
  void addTo(Relation table, Relation.Column column, List<DefElem> options) {
    Made made = create(table.name(), column.name(), column.typeOid(), options);
    Dependents.add(writer, made.oid, table.oid(), column.attnum(), 'i');
  }

  /// The table is there: its sequences belong to it.
  void own(int tableOid) {
    for (Owned one : owned) {
      Dependents.add(writer, one.sequence, tableOid, one.column, one.type);
    }
  }

  /// TRUNCATE ... RESTART IDENTITY.
  static void restart(CommandContext context, CatalogWriter writer, int tableOid) {
    for (Relation sequence : new Dependents(context.catalog()).ownedSequences(tableOid)) {
      new SequenceWriter(writer)
          .restart(sequence, context.catalog().sequences().definition(sequence.oid()).start());
    }
  }
}
