package dev.lifeline.replication.logical;

import dev.lifeline.catalog.RelKind;
import dev.lifeline.catalog.Relation;
import dev.lifeline.utils.adt.QuoteIdent;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// How rows of a publisher's table become rows of the table of the same name here: columns are
/// matched by their names, and the statements are written over them. Immutable; another one is made
/// when the table here has become another.
final class TableMapping {
  private final RemoteTable remote;
  private final Relation local;

  /// For each remote column the local one.
  private final List<Relation.Column> columns;

  /// The remote columns that find a row: those of the identity here, or all where there is none.
  private final List<Integer> key;

  private final boolean keyed;

  /// A statement with its parameters.
  static final class Change {
    private final String sql;
    private final List<Relation.Column> columns;
    private final List<byte @Nullable []> values;
    private final List<Integer> formats;

    private Change(
        String sql,
        List<Relation.Column> columns,
        List<byte @Nullable []> values,
        List<Integer> formats) {
      this.sql = sql;
      this.columns = columns;
      this.values = values;
      this.formats = formats;
    }

    String sql() {
      return sql;
    }

    int[] types() {
      return columns.stream().mapToInt(Relation.Column::typeOid).toArray();
    }

    List<byte @Nullable []> values() {
      return values;
    }

    int[] formats() {
      return formats.stream().mapToInt(Integer::intValue).toArray();
    }

    /// The column that a parameter is for.
    String column(int parameter) {
      return columns.get(parameter).name();
    }
  }

  private TableMapping(
      RemoteTable remote, Relation local, List<Relation.Column> columns, List<Integer> key) {
    this.remote = remote;
    this.local = local;
    this.columns = columns;
    this.keyed = !key.isEmpty();
    this.key = key;
  }

  /// @throws PgException 55000 where the table here cannot take the rows
  static TableMapping of(RemoteTable remote, @Nullable Relation local) {
    if (local == null) {
      throw unusable("%s does not exist", remote);
    }
    if (local.kind() != RelKind.TABLE || local.isVirtual()) {
      throw PgException.error(
              SqlState.WRONG_OBJECT_TYPE,
              "cannot use relation \"%s.%s\" as logical replication target",
              remote.schema(),
              remote.name())
          .detail("This operation is not supported for %ss.", local.kind().noun());
    }
    List<Relation.Column> columns = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (RemoteTable.Column column : remote.columns()) {
      Relation.Column found = local.column(column.name());
      if (found == null) {
        missing.add("\"" + column.name() + "\"");
      } else {
        columns.add(found);
      }
    }
    if (!missing.isEmpty()) {
      throw PgException.error(
          SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
          "logical replication target relation \"%s.%s\" is missing replicated column%s: %s",
          remote.schema(),
          remote.name(),
          missing.size() == 1 ? "" : "s",
          String.join(", ", missing));
    }
    return new TableMapping(remote, local, columns, key(local, columns));
  }

  private static PgException unusable(String what, RemoteTable remote) {
    return PgException.error(
        SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
        "logical replication target relation "
            + what.replace("%s", "\"" + remote.schema() + "." + remote.name() + "\""));
  }

  /// The replica identity of the table here, or its primary key: the places of its columns in a
  /// remote row. Empty where there is none, or the publisher does not send it all.
  private static List<Integer> key(Relation local, List<Relation.Column> columns) {
    List<Integer> attnums = local.replication().keyColumns();
    Relation.Index primary = local.primaryKey();
    if (attnums.isEmpty() && primary != null) {
      attnums = primary.keys().stream().map(Relation.IndexKey::attnum).toList();
    }
    List<Integer> key = new ArrayList<>();
    for (int attnum : attnums) {
      for (int i = 0; i < columns.size(); i++) {
        if (columns.get(i).attnum() == attnum) {
          key.add(i);
        }
      }
    }
    return key.size() == attnums.size() ? key : List.of();
  }

  Relation local() {
    return local;
  }

  String name() {
    return QuoteIdent.quote(local.namespace()) + "." + QuoteIdent.quote(local.name());
  }

  private static String column(Relation.Column column) {
    return QuoteIdent.quote(column.name());
  }

  /// Collects the parameters of a statement.
  private final class Parameters {
    final List<byte @Nullable []> values = new ArrayList<>();
    final List<Relation.Column> of = new ArrayList<>();
    final List<Integer> formats = new ArrayList<>();

    String add(RemoteRow row, int i) {
      values.add(row.value(i));
      of.add(columns.get(i));
      formats.add(row.format(i));
      return "$" + values.size();
    }

    Change change(String sql) {
      return new Change(sql, of, values, formats);
    }
  }

  Change insert(RemoteRow row) {
    if (columns.isEmpty()) {
      return new Parameters().change("INSERT INTO " + name() + " DEFAULT VALUES");
    }
    Parameters parameters = new Parameters();
    List<String> places = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      places.add(parameters.add(row, i));
    }
    return parameters.change(
        columns.stream()
                .map(TableMapping::column)
                .collect(
                    Collectors.joining(
                        ", ", "INSERT INTO " + name() + " (", ") OVERRIDING SYSTEM VALUE VALUES ("))
            + String.join(", ", places)
            + ")");
  }

  /// Refuses a change of rows that cannot be found here.
  void checkUpdatable() {
    boolean whole = remote.identity() == 'f';
    boolean sent = key.stream().allMatch(i -> remote.columns().get(i).key());
    if (whole || (keyed && sent)) {
      return;
    }
    boolean identity = !local.replication().keyColumns().isEmpty() || local.primaryKey() != null;
    throw identity
        ? PgException.error(
            SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
            "publisher did not send replica identity column expected by the logical replication"
                + " target relation \"%s.%s\"",
            remote.schema(),
            remote.name())
        : unusable(
            "%s has neither REPLICA IDENTITY index nor PRIMARY KEY and published relation does not"
                + " have REPLICA IDENTITY FULL",
            remote);
  }

  /// The change of a row; null where there is nothing to change.
  @Nullable Change update(@Nullable RemoteRow before, RemoteRow row) {
    Parameters parameters = new Parameters();
    List<String> changes = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      if (!row.unchanged(i)) {
        changes.add(column(columns.get(i)) + " = " + parameters.add(row, i));
      }
    }
    if (changes.isEmpty()) {
      return null;
    }
    return parameters.change(
        "UPDATE "
            + name()
            + " SET "
            + String.join(", ", changes)
            + " WHERE "
            + found(before == null ? row : before, parameters));
  }

  Change delete(RemoteRow before) {
    Parameters parameters = new Parameters();
    return parameters.change("DELETE FROM " + name() + " WHERE " + found(before, parameters));
  }

  /// The condition that one row meets.
  private String found(RemoteRow row, Parameters parameters) {
    if (keyed) {
      return key.stream()
          .map(i -> column(columns.get(i)) + " = " + parameters.add(row, i))
          .collect(Collectors.joining(" AND "));
    }
    List<String> conditions = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      conditions.add(column(columns.get(i)) + " IS NOT DISTINCT FROM " + parameters.add(row, i));
    }
    return "ctid = (SELECT ctid FROM "
        + name()
        + " WHERE "
        + String.join(" AND ", conditions)
        + " LIMIT 1)";
  }
}
