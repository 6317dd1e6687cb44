package dev.lifeline.parser.func;

import dev.lifeline.utils.adt.FormatType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.adt.UserTypes;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.fmgr.BootstrapCatalog;
import dev.lifeline.utils.fmgr.PgOperator;
import org.jspecify.annotations.Nullable;

/// The operators that ORDER BY, GROUP BY, DISTINCT and joins use for a type: those of its default
/// B-tree operator class.
///
/// @param lessThan the oid of `<`
/// @param equal the oid of `=`
/// @param greaterThan the oid of `>`
public record SortOperators(int lessThan, int equal, int greaterThan) {
  /// The operators of a type.
  ///
  /// @throws PgException 42883 for a type that has no order, such as json
  public static SortOperators of(int type, int location) {
    SortOperators found = find(type);
    if (found == null) {
      throw PgException.error(
              SqlState.UNDEFINED_FUNCTION,
              "could not identify an ordering operator for type %s",
              FormatType.name(type))
          .hint("Use an explicit ordering operator or modify the query.")
          .at(location);
    }
    return found;
  }

  /// The `=` of a type.
  ///
  /// @throws PgException 42883 for a type that has none
  public static int equality(int type, int location) {
    SortOperators found = find(type);
    if (found == null) {
      throw PgException.error(
              SqlState.UNDEFINED_FUNCTION,
              "could not identify an equality operator for type %s",
              FormatType.name(type))
          .at(location);
    }
    return found.equal;
  }

  /// Null for a type that has no order.
  public static @Nullable SortOperators find(int type) {
    int of = operand(type);
    PgOperator less = BootstrapCatalog.operator("<", of, of);
    PgOperator equal = BootstrapCatalog.operator("=", of, of);
    PgOperator greater = BootstrapCatalog.operator(">", of, of);
    return less == null || equal == null || greater == null
        ? null
        : new SortOperators(less.oid(), equal.oid(), greater.oid());
  }

  /// The type that the operator class is for.
  private static int operand(int type) {
    return switch (type) {
      case Types.VARCHAR, Types.UNKNOWN -> Types.TEXT;
      case Types.REGCLASS,
          Types.REGTYPE,
          Types.REGPROC,
          Types.REGPROCEDURE,
          Types.REGOPER,
          Types.REGOPERATOR,
          Types.REGNAMESPACE,
          Types.REGROLE,
          Types.REGCOLLATION ->
          Types.OID;
      case Types.OIDVECTOR -> Types.OIDVECTOR;
      default ->
          Types.elementOf(type) != 0
              ? Types.ANYARRAY
              : UserTypes.isEnum(type) ? Types.ANYENUM : type;
    };
  }
}
