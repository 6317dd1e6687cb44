package dev.lifeline.commands;

import dev.lifeline.access.transam.Xact;
import dev.lifeline.catalog.ForeignKey;
import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.DirectQuery;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.executor.trigger.RiErrors;
import dev.lifeline.utils.adt.QuoteIdent;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Checks that the rows of a table refer to rows that are there, by one join. A step: called again
/// after each wait, it goes on where it was.
final class ValidateForeignKey implements Runnable {
  private final CommandContext context;
  private final ForeignKey key;
  private @Nullable DirectQuery query;

  ValidateForeignKey(CommandContext context, ForeignKey key) {
    this.context = context;
    this.key = key;
  }

  @Override
  public void run() {
    DirectQuery current = query;
    SessionContext session = context.session();
    Relation table = Objects.requireNonNull(context.catalog().byOid(key.tableOid()));
    if (current == null) {
      Relation referenced = Objects.requireNonNull(context.catalog().byOid(key.referencedOid()));
      Xact xact = session.xact();
      current =
          new DirectQuery(
              session,
              DirectQuery.plan(
                  sql(table, referenced),
                  new int[0],
                  session,
                  new CatalogStorage(context.catalog())),
              xact.latestSnapshot(),
              null,
              new Batch(new Column[0]));
      query = current;
    }
    session.checkForInterrupts();
    Batch found = current.next();
    if (found != null) {
      Batch row = inPlace(table, found);
      current.close();
      RiErrors errors = new RiErrors(key, table, session);
      throw anyNull(found) ? errors.mixedNulls() : errors.notPresent(row);
    }
  }

  private static boolean anyNull(Batch found) {
    for (int c = 0; c < found.width(); c++) {
      if (found.column(c).isNull(0)) {
        return true;
      }
    }
    return false;
  }

  /// The values where they are in a row of the table.
  private Batch inPlace(Relation table, Batch found) {
    Column[] columns = new Column[table.columns().size()];
    for (int c = 0; c < columns.length; c++) {
      int position = key.columns().indexOf(c + 1);
      columns[c] = found.column(Math.max(position, 0));
    }
    Batch row = new Batch(columns);
    row.setSize(1);
    return row;
  }

  private String sql(Relation table, Relation referenced) {
    List<String> values = new ArrayList<>();
    List<String> joins = new ArrayList<>();
    List<String> present = new ArrayList<>();
    for (int i = 0; i < key.columns().size(); i++) {
      String own = "fk." + QuoteIdent.quote(table.column(key.columns().get(i)).name());
      String other =
          "pk." + QuoteIdent.quote(referenced.column(key.referencedColumns().get(i)).name());
      values.add(own);
      joins.add(other + " OPERATOR(pg_catalog.=) " + own);
      present.add(own + " IS NOT NULL");
    }
    String first = QuoteIdent.quote(referenced.column(key.referencedColumns().getFirst()).name());
    return "SELECT "
        + String.join(", ", values)
        + " FROM ONLY "
        + name(table)
        + " fk LEFT OUTER JOIN ONLY "
        + name(referenced)
        + " pk ON ("
        + String.join(" AND ", joins)
        + ") WHERE pk."
        + first
        + " IS NULL AND ("
        + String.join(key.match() == ForeignKey.MATCH_FULL ? " OR " : " AND ", present)
        + ")";
  }

  private static String name(Relation relation) {
    return QuoteIdent.quote(relation.namespace()) + "." + QuoteIdent.quote(relation.name());
  }
}
