package dev.lifeline.parser.analyze;

import dev.lifeline.catalog.Privilege;
import dev.lifeline.catalog.Relation;
import dev.lifeline.storage.lmgr.LockMode;
import java.util.EnumSet;
import java.util.Set;

/// How a statement uses a relation.
public final class RelationUse {
  private final Relation relation;
  private final Set<Privilege> privileges = EnumSet.noneOf(Privilege.class);
  private LockMode lockMode = LockMode.ACCESS_SHARE;

  RelationUse(Relation relation) {
    this.relation = relation;
  }

  void add(LockMode mode, Privilege privilege) {
    if (mode.compareTo(lockMode) > 0) {
      lockMode = mode;
    }
    privileges.add(privilege);
  }

  public Relation relation() {
    return relation;
  }

  /// The strongest lock mode that it needs.
  public LockMode lockMode() {
    return lockMode;
  }

  /// What the role must be allowed to do with it.
  public Set<Privilege> privileges() {
    return privileges;
  }
}
