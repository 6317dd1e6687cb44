package dev.lifeline.catalog;

import dev.lifeline.access.heap.ToastTable;
import dev.lifeline.catalog.Relation.Column;
import dev.lifeline.catalog.Relation.IndexKey;
import dev.lifeline.catalog.RelationWriter.ColumnSpec;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import java.util.ArrayList;
import java.util.List;

/// Creates the table for the long values of another one, where that may have some.
final class ToastWriter {
  private static final List<String> NAMES = List.of("chunk_id", "chunk_seq", "chunk_data");

  /// The keys of the index: the first two columns.
  static final List<IndexKey> KEYS =
      List.of(new IndexKey(1, false, false), new IndexKey(2, false, false));

  /// A row that is never longer needs no such table.
  private static final long ROW_MAX = 2032;

  private static final int ROW_HEADER = 24;
  private static final int VALUE_HEADER = 4;

  /// Bytes that a character may have.
  private static final int CHARACTER_MAX = 4;

  private final CatalogWriter writer;

  ToastWriter(CatalogWriter writer) {
    this.writer = writer;
  }

  /// What matters of a column here.
  record Width(PgType type, int typmod, char storage) {
    static Width of(ColumnSpec column) {
      return new Width(column.type(), column.typmod(), column.type().storage());
    }
  }

  /// Whether rows of these columns may be too long, and have a value that can be kept elsewhere.
  static boolean isNeeded(List<Width> columns) {
    long length = 0;
    boolean unlimited = false;
    boolean toastable = false;
    for (Width column : columns) {
      if (column.type().length() > 0) {
        length += column.type().length();
        continue;
      }
      long most = longest(column);
      unlimited |= most < 0;
      length += Math.max(0, most);
      toastable |= column.storage() != 'p';
    }
    int header = ROW_HEADER + (columns.size() + 7) / 8;
    return toastable && (unlimited || header + length > ROW_MAX);
  }

  /// The most bytes of a value, -1 where there is no limit.
  private static long longest(Width column) {
    int typmod = column.typmod();
    return switch (column.type().oid()) {
      case Types.BPCHAR, Types.VARCHAR ->
          typmod < VALUE_HEADER
              ? -1
              : (long) (typmod - VALUE_HEADER) * CHARACTER_MAX + VALUE_HEADER;
      case Types.NUMERIC -> typmod < VALUE_HEADER ? -1 : ((typmod - VALUE_HEADER) >> 16) / 2 + 12;
      default -> -1;
    };
  }

  /// Adds the steps that create the toast table of a table and its index.
  ///
  /// @param options its own `reloptions`
  /// @return its oid, for `reltoastrelid`
  int create(int tableOid, int owner, char persistence, List<String> options) {
    String name = ToastNames.of(tableOid);
    List<ColumnSpec> specs = new ArrayList<>();
    List<Column> columns = columns();
    for (Column column : columns) {
      specs.add(ColumnSpec.plain(column.name(), Types.get(column.typeOid()), -1, false));
    }
    int oid =
        new RelationWriter(writer)
            .create(
                new RelationWriter.Spec(
                    name,
                    SystemRelations.PG_TOAST,
                    RelKind.TOAST,
                    persistence,
                    owner,
                    specs,
                    options));
    new IndexWriter(writer)
        .create(
            oid,
            SystemRelations.PG_TOAST,
            owner,
            persistence,
            columns,
            new IndexWriter.Spec(name + "_index", KEYS, true, true, List.of()));
    return oid;
  }

  /// The columns of every toast table.
  static List<Column> columns() {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < NAMES.size(); i++) {
      int type = ToastTable.COLUMN_TYPES.get(i);
      columns.add(new Column(NAMES.get(i), i + 1, type, -1, false, null, null, false, 'p'));
    }
    return columns;
  }
}
