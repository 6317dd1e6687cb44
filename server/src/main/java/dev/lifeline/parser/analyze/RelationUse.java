package dev.lifeline.parser.analyze;

import dev.lifeline.catalog.Privilege;
import dev.lifeline.catalog.Relation;
import java.util.EnumSet;
import java.util.Set;

/// How a statement uses a relation.
public final class RelationUse {
  private final Relation relation;
  private final Set<Privilege> privileges = EnumSet.noneOf(Privilege.class);
  private int lockMode;

  RelationUse(Relation relation) {
    this.relation = relation;
  }

  void add(int mode, Privilege privilege) {
    lockMode = Math.max(lockMode, mode);
    privileges.add(privilege);
  }

  public Relation relation() {
    return relation;
  }

  /// The number of the strongest lock mode that it needs.
  public int lockMode() {
    return lockMode;
  }

  /// What the role must be allowed to do with it.
  public Set<Privilege> privileges() {
    return privileges;
  }
}
