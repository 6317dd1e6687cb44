package dev.lifeline.executor.trigger;

import dev.lifeline.catalog.ForeignKey;
import dev.lifeline.catalog.Privilege;
import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.executor.StoredTable;
import dev.lifeline.utils.adt.ByteWriter;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/// The errors about rows that violate a foreign key.
public final class RiErrors {
  private final ForeignKey key;
  private final Relation relation;
  private final SessionContext session;

  RiErrors(ForeignKey key, StoredTable changed, SessionContext session) {
    this(key, changed.relation(), session);
  }

  /// @param relation the one whose row it is that is shown
  public RiErrors(ForeignKey key, Relation relation, SessionContext session) {
    this.key = key;
    this.relation = relation;
    this.session = session;
  }

  private Relation table() {
    return RiQuery.table(key.tableOid(), session.catalog());
  }

  private Relation referenced() {
    return RiQuery.table(key.referencedOid(), session.catalog());
  }

  private PgException atTable(PgException error) {
    Relation table = table();
    return error.table(table.namespace(), table.name()).constraint(key.name());
  }

  private PgException cannotRefer() {
    return atTable(
        PgException.error(
            SqlState.FOREIGN_KEY_VIOLATION,
            "insert or update on table \"%s\" violates foreign key constraint \"%s\"",
            table().name(),
            key.name()));
  }

  /// MATCH FULL.
  public PgException mixedNulls() {
    return cannotRefer().detail("MATCH FULL does not allow mixing of null and nonnull key values.");
  }

  /// A row refers to one that is not there.
  ///
  /// @param rows the first is the one that refers
  public PgException notPresent(Batch rows) {
    return cannotRefer()
        .detail(
            "Key %sis not present in table \"%s\".",
            keyText(key.columns(), rows), referenced().name());
  }

  /// @param rows the first is the one that is referred to
  PgException stillReferenced(Batch rows) {
    return atTable(
            PgException.error(
                SqlState.FOREIGN_KEY_VIOLATION,
                "update or delete on table \"%s\" violates foreign key constraint \"%s\" on table"
                    + " \"%s\"",
                referenced().name(),
                key.name(),
                table().name()))
        .detail(
            "Key %sis still referenced from table \"%s\".",
            keyText(key.referencedColumns(), rows), table().name());
  }

  /// `(a)=(1) `, or nothing for a role that may not read the table.
  private String keyText(List<Integer> columns, Batch rows) {
    try {
      session.catalog().checkAccess(relation, Privilege.SELECT);
    } catch (PgException e) {
      return "";
    }
    String names =
        columns.stream().map(c -> relation.column(c).name()).collect(Collectors.joining(", "));
    String values =
        columns.stream()
            .map(c -> text(relation.column(c).typeOid(), rows.column(c - 1)))
            .collect(Collectors.joining(", "));
    return "(" + names + ")=(" + values + ") ";
  }

  private String text(int type, Column value) {
    if (value.isNull(0)) {
      return "null";
    }
    ByteWriter writer = new ByteWriter(32);
    Types.get(type).output(value, 0, session.evalContext(), writer);
    return new String(writer.array(), 0, writer.size(), StandardCharsets.UTF_8);
  }
}
