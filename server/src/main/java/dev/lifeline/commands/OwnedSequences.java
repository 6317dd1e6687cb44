package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.SequenceWriter;
import dev.lifeline.utils.adt.QuoteIdent;
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
    String name =
        ObjectNames.choose(
            table,
            column.name,
            "seq",
            n -> taken.contains(n) || catalog.find(namespace, n) != null);
    taken.add(name);
    int oid =
        new SequenceWriter(writer)
            .create(
                name,
                namespace,
                catalog.userOid(),
                new SequenceOptions(column.sequenceOptions).definition(null, column.type.oid()));
    owned.add(new Owned(oid, attnum, column.serial ? 'a' : 'i'));
    String schema = String.valueOf(catalog.namespaceName(namespace));
    // With its schema, for the text is read again under whatever search path.
    String text = QuoteIdent.quote(schema) + "." + QuoteIdent.quote(name);
    return "nextval('" + text.replace("'", "''") + "'::regclass)";
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
