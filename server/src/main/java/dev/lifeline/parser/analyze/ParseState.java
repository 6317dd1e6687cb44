package dev.lifeline.parser.analyze;

import dev.lifeline.executor.expr.Aggref;
import dev.lifeline.parser.tree.LockingClause;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is known while one level of a query is analyzed.
final class ParseState {
  private final Analysis analysis;
  private final @Nullable ParseState parent;
  private final Scope scope;

  /// The aggregates of this level, in the order in which they were met.
  private final List<Aggref> aggregates = new ArrayList<>();

  /// The windows of this level: those of the WINDOW clause, then those of OVER clauses.
  private final List<Window> windows = new ArrayList<>();

  /// The locking clauses of the SELECT that is being analyzed, so that its tables are locked in the
  /// right mode from the beginning.
  List<LockingClause> lockingClauses = List.of();

  ParseState(Analysis analysis, @Nullable ParseState parent) {
    this.analysis = analysis;
    this.parent = parent;
    this.scope = new Scope(parent == null ? null : parent.scope);
  }

  /// A state for expressions that see other names than the rest of the level.
  private ParseState(ParseState level, Scope scope) {
    this.analysis = level.analysis;
    this.parent = level.parent;
    this.scope = scope;
  }

  ParseState withScope(Scope other) {
    return new ParseState(this, other);
  }

  /// The level as a subquery in FROM sees it: without the items beside it.
  ParseState withoutItems() {
    return new ParseState(this, scope.withoutItems());
  }

  Analysis analysis() {
    return analysis;
  }

  Scope scope() {
    return scope;
  }

  @Nullable ParseState parent() {
    return parent;
  }

  List<Window> windows() {
    return windows;
  }

  List<Aggref> aggregates() {
    return aggregates;
  }
}
