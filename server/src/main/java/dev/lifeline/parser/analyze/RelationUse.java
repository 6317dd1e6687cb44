package dev.lifeline.parser.analyze;

import dev.lifeline.catalog.Privilege;
import dev.lifeline.catalog.Relation;
import dev.lifeline.storage.lmgr.LockMode;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// How a statement uses a relation.
public final class RelationUse {
  private final Relation relation;
  private final Map<Integer, Set<Privilege>> privileges = new TreeMap<>();
  private LockMode lockMode = LockMode.ACCESS_SHARE;

  RelationUse(Relation relation) {
    this.relation = relation;
  }

  /// @param role as whom; 0 for that of the session
  void add(LockMode mode, Privilege privilege, int role) {
    if (mode.compareTo(lockMode) > 0) {
      lockMode = mode;
    }
    privileges.computeIfAbsent(role, r -> EnumSet.noneOf(Privilege.class)).add(privilege);
  }

  public Relation relation() {
    return relation;
  }

  /// The strongest lock mode that it needs.
  public LockMode lockMode() {
    return lockMode;
  }

  /// What roles must be allowed to do with it: that of the session (0), and the owners of the views
  /// that use it.
  public Map<Integer, Set<Privilege>> privileges() {
    return privileges;
  }
}
