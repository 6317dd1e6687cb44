package dev.lifeline.executor;

import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.SessionCatalog;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.parser.analyze.Analyzer;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.List;

/// Whether the rows of a published table may be replaced or deleted: its subscribers must be able
/// to tell which row that was.
final class PublicationChecks {
  private PublicationChecks() {}

  /// @param delete else it is an update
  static void check(
      Relation relation, boolean delete, SessionCatalog catalog, EvalContext context) {
    Relation.Replication replication = relation.replication();
    if (replication.identity() == 'f') {
      return;
    }
    for (Relation.Publication publication : replication.publications()) {
      if (delete ? publication.delete() : publication.update()) {
        if (!replication.hasIdentity()) {
          throw withoutIdentity(relation, delete);
        }
        checkColumns(relation, publication, delete);
        checkFilter(relation, publication, delete, catalog, context);
      }
    }
  }

  private static PgException withoutIdentity(Relation relation, boolean delete) {
    return PgException.error(
            SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
            "cannot %s table \"%s\" because it does not have a replica identity and publishes %s",
            verb(delete),
            relation.name(),
            delete ? "deletes" : "updates")
        .hint(
            delete
                ? "To enable deleting from the table, set REPLICA IDENTITY using ALTER TABLE."
                : "To enable updating the table, set REPLICA IDENTITY using ALTER TABLE.");
  }

  private static String verb(boolean delete) {
    return delete ? "delete from" : "update";
  }

  private static void checkColumns(
      Relation relation, Relation.Publication publication, boolean delete) {
    List<Integer> published = publication.columns();
    if (!published.isEmpty() && !published.containsAll(relation.replication().keyColumns())) {
      throw invalid(relation, delete)
          .detail("Column list used by the publication does not cover the replica identity.");
    }
  }

  private static void checkFilter(
      Relation relation,
      Relation.Publication publication,
      boolean delete,
      SessionCatalog catalog,
      EvalContext context) {
    String filter = publication.rowFilter();
    if (filter != null
        && readsOthers(Analyzer.tableExpression(filter, relation, 1, catalog, context), relation)) {
      throw invalid(relation, delete)
          .detail(
              "Column used in the publication WHERE expression is not part of the replica"
                  + " identity.");
    }
  }

  private static boolean readsOthers(Expression expr, Relation relation) {
    if (expr instanceof Var var && !relation.replication().keyColumns().contains(var.attno())) {
      return true;
    }
    return expr.children().stream().anyMatch(child -> readsOthers(child, relation));
  }

  private static PgException invalid(Relation relation, boolean delete) {
    return PgException.error(
        SqlState.INVALID_COLUMN_REFERENCE, "cannot %s table \"%s\"", verb(delete), relation.name());
  }
}
