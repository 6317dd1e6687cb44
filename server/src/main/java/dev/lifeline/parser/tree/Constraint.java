package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A constraint of a column or a table; which parts are set depends on its type.
public record Constraint(
    Type contype,
    @Nullable String conname,
    boolean deferrable,
    boolean initdeferred,
    boolean skipValidation,
    boolean isNoInherit,
    @Nullable Expr rawExpr,
    boolean generatedAlways,
    boolean nullsNotDistinct,
    List<String> keys,
    List<String> including,
    List<Exclusion> exclusions,
    List<DefElem> options,
    @Nullable String indexname,
    @Nullable String indexspace,
    @Nullable String accessMethod,
    @Nullable Expr whereClause,
    @Nullable RangeVar pktable,
    List<String> fkAttrs,
    List<String> pkAttrs,
    FkMatch fkMatchtype,
    FkAction fkUpdAction,
    FkAction fkDelAction,
    List<String> fkDelSetCols,
    int location)
    implements TableElement {
  public enum Type {
    NULL,
    NOTNULL,
    DEFAULT,
    IDENTITY,
    GENERATED,
    CHECK,
    PRIMARY,
    UNIQUE,
    EXCLUSION,
    FOREIGN,
    ATTR_DEFERRABLE,
    ATTR_NOT_DEFERRABLE,
    ATTR_DEFERRED,
    ATTR_IMMEDIATE
  }

  /// The same one, checked when these say.
  public Constraint withDeferral(boolean isDeferrable, boolean isInitiallyDeferred) {
    return new Constraint(
        contype,
        conname,
        isDeferrable,
        isInitiallyDeferred,
        skipValidation,
        isNoInherit,
        rawExpr,
        generatedAlways,
        nullsNotDistinct,
        keys,
        including,
        exclusions,
        options,
        indexname,
        indexspace,
        accessMethod,
        whereClause,
        pktable,
        fkAttrs,
        pkAttrs,
        fkMatchtype,
        fkUpdAction,
        fkDelAction,
        fkDelSetCols,
        location);
  }

  /// `element WITH operator` of an exclusion constraint.
  public record Exclusion(IndexElem elem, List<String> operator) {}
}
