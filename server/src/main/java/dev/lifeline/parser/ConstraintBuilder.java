package dev.lifeline.parser;

import dev.lifeline.parser.tree.Constraint;
import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.FkAction;
import dev.lifeline.parser.tree.FkMatch;
import dev.lifeline.parser.tree.RangeVar;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A constraint while its clauses come in; most kinds have few of them.
final class ConstraintBuilder {
  final Constraint.Type type;
  final int location;
  @Nullable String name;
  boolean deferrable;
  boolean initiallyDeferred;
  boolean skipValidation;
  boolean noInherit;
  @Nullable Expr rawExpr;
  boolean generatedAlways;
  boolean nullsNotDistinct;
  List<String> keys = List.of();
  List<String> including = List.of();
  List<Constraint.Exclusion> exclusions = List.of();
  List<DefElem> options = List.of();
  @Nullable String indexName;
  @Nullable String indexSpace;
  @Nullable String accessMethod;
  @Nullable Expr where;
  @Nullable RangeVar referenced;
  List<String> foreignColumns = List.of();
  List<String> referencedColumns = List.of();
  FkMatch match = FkMatch.SIMPLE;
  FkAction onUpdate = FkAction.NO_ACTION;
  FkAction onDelete = FkAction.NO_ACTION;
  List<String> onDeleteColumns = List.of();

  ConstraintBuilder(Constraint.Type type, int location) {
    this.type = type;
    this.location = location;
  }

  Constraint build() {
    return new Constraint(
        type,
        name,
        deferrable,
        initiallyDeferred,
        skipValidation,
        noInherit,
        rawExpr,
        generatedAlways,
        nullsNotDistinct,
        keys,
        including,
        exclusions,
        options,
        indexName,
        indexSpace,
        accessMethod,
        where,
        referenced,
        foreignColumns,
        referencedColumns,
        match,
        onUpdate,
        onDelete,
        onDeleteColumns,
        location);
  }
}
