package dev.lifeline.catalog;

import dev.lifeline.storage.smgr.RelFileLocator;
import dev.lifeline.utils.adt.QuoteIdent;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is known about a table (an index, a sequence, a view): immutable, shared by all sessions.
/// After DDL there is another one; see [SessionCatalog#generation].
///
/// @param namespace the name of its schema
/// @param persistence `p`, `u` or `t`, as in `pg_class.relpersistence`
/// @param locator its file; null where it has none (a view, a virtual table)
/// @param columns all of them in the order of `attnum`, the dropped ones too, so that
///   `columns.get(attnum - 1)` is the one with that number and a stored tuple's attributes match
/// @param indexes in the order of their oids
/// @param fillfactor percent of a page that inserts fill
/// @param pages `pg_class.relpages`, an estimate for the planner
/// @param tuples `pg_class.reltuples`, -1 when it was never counted
/// @param allVisible `pg_class.relallvisible`: of the pages those that everybody sees all of
/// @param acl the text of `relacl`, null where only the owner and superusers may
/// @param viewQuery the SELECT of a view
/// @param virtual where its rows come from when they are not stored
/// @param replication what logical decoding tells of its rows
/// @param statistics of its columns, by their numbers, as far as ANALYZE has made some
/// @param referencedBy the foreign keys that refer to it, also its own, in the order of their oids
/// @param toast where its long values are; null for a relation that cannot have any
public record Relation(
    int oid,
    String name,
    int namespaceOid,
    String namespace,
    RelKind kind,
    char persistence,
    @Nullable RelFileLocator locator,
    List<Column> columns,
    List<Index> indexes,
    List<Constraint> constraints,
    int fillfactor,
    int owner,
    long pages,
    double tuples,
    long allVisible,
    @Nullable String acl,
    @Nullable String viewQuery,
    @Nullable VirtualTable virtual,
    @Nullable Toast toast,
    Replication replication,
    Map<Integer, ColumnStatistics> statistics,
    List<ForeignKey> referencedBy) {

  public Relation {
    statistics = Map.copyOf(statistics);
    columns = List.copyOf(columns);
    indexes = List.copyOf(indexes);
    constraints = List.copyOf(constraints);
    referencedBy = List.copyOf(referencedBy);
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).attnum() != i + 1) {
        throw new IllegalArgumentException("column " + (i + 1) + " of " + name + " is missing");
      }
    }
  }

  /// A column of a relation.
  ///
  /// @param typmod e.g. a varchar's length + 4, or -1
  /// @param defaultSource the source text of its DEFAULT expression
  /// @param missingText what tuples that were stored before the column was added have in it, in the
  ///   type's text form; null for null
  /// @param dropped true for one that ALTER TABLE removed: tuples still have a place for it
  /// @param storage how its long values are kept: p, e, m or x, as in `pg_attribute.attstorage`
  /// @param identity `a` (always), `d` (by default) or 0, as in `pg_attribute.attidentity`
  /// @param generated `s` where [#defaultSource] is what it is computed from, or 0, as in
  ///   `pg_attribute.attgenerated`
  public record Column(
      String name,
      int attnum,
      int typeOid,
      int typmod,
      boolean notNull,
      @Nullable String defaultSource,
      @Nullable String missingText,
      boolean dropped,
      char storage,
      char identity,
      char generated) {
    /// One that is neither an identity nor computed.
    public Column(
        String name,
        int attnum,
        int typeOid,
        int typmod,
        boolean notNull,
        @Nullable String defaultSource,
        @Nullable String missingText,
        boolean dropped,
        char storage) {
      this(
          name,
          attnum,
          typeOid,
          typmod,
          notNull,
          defaultSource,
          missingText,
          dropped,
          storage,
          '\0',
          '\0');
    }

    /// The same one under another name.
    public Column withName(String newName) {
      return new Column(
          newName,
          attnum,
          typeOid,
          typmod,
          notNull,
          defaultSource,
          missingText,
          dropped,
          storage,
          identity,
          generated);
    }

    public boolean isGenerated() {
      return generated != '\0';
    }
  }

  /// The table with the long values of a relation's rows, which belongs to it and comes and goes
  /// with it.
  public record Toast(int oid, String name, RelFileLocator locator, Index index) {}

  /// What logical decoding tells of a table's rows.
  ///
  /// @param identity of rows that are replaced or deleted: `d` the primary key, `i` an index, `f`
  ///   the whole row, `n` nothing, as in `pg_class.relreplident`
  /// @param keyColumns the columns that identify a row; none under `f` and `n`
  /// @param publications that the table is in
  public record Replication(
      char identity, List<Integer> keyColumns, List<Publication> publications) {
    /// Of what is never replicated.
    public static final Replication NONE = new Replication('n', List.of(), List.of());

    public Replication {
      keyColumns = List.copyOf(keyColumns);
      publications = List.copyOf(publications);
    }

    /// Whether a row that is replaced or deleted can be told.
    public boolean hasIdentity() {
      return identity == 'f' || !keyColumns.isEmpty();
    }
  }

  /// A publication that a table is in.
  ///
  /// @param columns the numbers of those that it publishes; empty: all
  /// @param rowFilter the source text of the condition of the rows that it publishes; null: all
  public record Publication(
      String name,
      boolean insert,
      boolean update,
      boolean delete,
      boolean truncate,
      List<Integer> columns,
      @Nullable String rowFilter) {
    public Publication {
      columns = List.copyOf(columns);
    }
  }

  /// What an index is on instead of a column.
  ///
  /// @param name what the index's column is called
  /// @param source its text
  public record KeyExpression(String name, String source, int typeOid, int typmod) {}

  /// One key of an index.
  ///
  /// @param attnum the table's column; 0 for an expression
  public record IndexKey(
      int attnum, boolean descending, boolean nullsFirst, @Nullable KeyExpression expression) {
    /// A column of the table.
    public IndexKey(int attnum, boolean descending, boolean nullsFirst) {
      this(attnum, descending, nullsFirst, null);
    }
  }

  /// An index of the relation.
  ///
  /// @param valid false while it is being built: it is written to and not read
  /// @param ready false at first, while it is not even written to
  /// @param included the numbers of columns that INCLUDE names; their values are stored in the
  ///   entries
  /// @param predicate the text of the condition of the rows that it has; null for all
  /// @param nullsNotDistinct whether nulls are equal for a unique one
  /// @param fillfactor percent of a leaf that a build fills
  public record Index(
      int oid,
      String name,
      RelFileLocator locator,
      List<IndexKey> keys,
      boolean unique,
      boolean primary,
      boolean valid,
      boolean ready,
      List<Integer> included,
      @Nullable String predicate,
      boolean nullsNotDistinct,
      int fillfactor) {
    public Index {
      keys = List.copyOf(keys);
      included = List.copyOf(included);
    }

    /// One on columns, of all rows, that can be used.
    public Index(
        int oid,
        String name,
        RelFileLocator locator,
        List<IndexKey> keys,
        boolean unique,
        boolean primary) {
      this(
          oid,
          name,
          locator,
          keys,
          unique,
          primary,
          true,
          true,
          List.of(),
          null,
          false,
          IndexWriter.FILLFACTOR);
    }

    /// Whether the entries are of columns only, for all rows.
    public boolean isPlain() {
      return predicate == null && keys.stream().allMatch(key -> key.expression() == null);
    }

    /// Whether no two rows have the same values in these columns, wherever they are.
    public boolean isUniqueKey() {
      return unique && valid && isPlain();
    }
  }

  /// A constraint of the relation.
  ///
  /// @param type `c` check, `p` primary key, `u` unique, `f` foreign key, as in
  ///   `pg_constraint.contype`
  /// @param columns the numbers of the columns that it names
  /// @param checkSource the source text of a check's expression, null for the others
  /// @param indexOid the index that enforces it, or 0
  /// @param foreignKey what it is when it is a foreign key
  public record Constraint(
      int oid,
      String name,
      char type,
      List<Integer> columns,
      @Nullable String checkSource,
      int indexOid,
      @Nullable ForeignKey foreignKey) {
    public Constraint {
      columns = List.copyOf(columns);
    }
  }

  /// The foreign keys by which it refers to others or to itself, in the order of their oids.
  public List<ForeignKey> foreignKeys() {
    List<ForeignKey> keys = new ArrayList<>();
    for (Constraint constraint : constraints) {
      ForeignKey key = constraint.foreignKey();
      if (key != null) {
        keys.add(key);
      }
    }
    keys.sort(Comparator.comparingInt(ForeignKey::oid));
    return keys;
  }

  /// The column of that name, or null; dropped ones have none.
  public @Nullable Column column(String columnName) {
    for (Column column : columns) {
      if (!column.dropped() && column.name().equals(columnName)) {
        return column;
      }
    }
    return null;
  }

  /// As [#column(String)], for a column that must be there.
  ///
  /// @throws PgException 42703 where it is not
  public Column requireColumn(String columnName) {
    Column column = column(columnName);
    if (column == null) {
      throw missingColumn(columnName);
    }
    return column;
  }

  public PgException missingColumn(String columnName) {
    return PgException.error(
        SqlState.UNDEFINED_COLUMN,
        "column \"%s\" of relation \"%s\" does not exist",
        columnName,
        name);
  }

  /// A key of an index as `pg_get_indexdef(oid, n, true)` tells it.
  public String keyText(IndexKey key) {
    KeyExpression expression = key.expression();
    return expression == null
        ? QuoteIdent.quote(column(key.attnum()).name())
        : DefinitionTexts.keyExpression(expression.source());
  }

  public Column column(int attnum) {
    return columns.get(attnum - 1);
  }

  public @Nullable Index primaryKey() {
    for (Index index : indexes) {
      if (index.primary()) {
        return index;
      }
    }
    return null;
  }

  /// The file of a relation that has one.
  public RelFileLocator file() {
    if (locator == null) {
      throw new IllegalStateException(name + " is not stored");
    }
    return locator;
  }

  public boolean isVirtual() {
    return virtual != null;
  }
}
