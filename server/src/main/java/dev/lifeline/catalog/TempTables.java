package dev.lifeline.catalog;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.HashSet;
import java.util.Set;

/// The temporary relations of a session: they are in a schema of its own, `pg_temp_` and its pid,
/// which is made with the first of them and dropped when the session ends. Its alias is `pg_temp`.
public final class TempTables {
  /// What all their schemas are called, with the number of the session's process behind.
  public static final String PREFIX = "pg_temp_";

  public static final String ALIAS = "pg_temp";

  private final BackendCatalog catalog;
  private final Set<Integer> droppedAtCommit = new HashSet<>();
  private final Set<Integer> emptiedAtCommit = new HashSet<>();
  private int namespace;

  TempTables(BackendCatalog catalog) {
    this.catalog = catalog;
  }

  /// What the session's own schema is called.
  public String schemaName() {
    return PREFIX + catalog.client().pid();
  }

  /// The schema, or 0 as long as there is none: a transaction that made it may have been undone.
  public int namespace() {
    return namespace != 0 && catalog.namespace(namespace) != null ? namespace : 0;
  }

  /// Whether there was ever one.
  public boolean wereMade() {
    return namespace != 0;
  }

  /// The schema was made.
  public void namespace(int oid) {
    namespace = oid;
    catalog.namesChanged(false);
  }

  /// The tables of ON COMMIT DROP, also such as are gone.
  public Set<Integer> droppedAtCommit() {
    return droppedAtCommit;
  }

  /// The tables of ON COMMIT DELETE ROWS, also such as are gone.
  public Set<Integer> emptiedAtCommit() {
    return emptiedAtCommit;
  }

  /// Refuses to look into another session's.
  void check(Relation relation) {
    if (relation.persistence() == 't' && relation.namespaceOid() != namespace) {
      throw PgException.error(
          SqlState.FEATURE_NOT_SUPPORTED, "cannot access temporary tables of other sessions");
    }
  }
}
