package dev.lifeline.catalog;

import dev.lifeline.utils.TextResource;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.List;

/// The default B-tree operator class of each type: which types have an order, and so can be
/// indexed.
public final class BtreeOpClasses {
  /// A row of `pg_opclass`.
  public record OpClass(int oid, String name, int family, int inputType) {}

  private static final List<OpClass> ALL =
      TextResource.rows(BtreeOpClasses.class, "btree-opclasses.tsv", BtreeOpClasses::opClass);

  private BtreeOpClasses() {}

  public static List<OpClass> all() {
    return ALL;
  }

  /// The operator class that an index on a column of this type has.
  ///
  /// @throws PgException 42704 where the type has no order
  public static OpClass defaultFor(PgType type) {
    int wanted = inputType(type);
    for (OpClass opClass : ALL) {
      if (opClass.inputType() == wanted && type.supported()) {
        return opClass;
      }
    }
    throw PgException.error(
            SqlState.UNDEFINED_OBJECT,
            "data type %s has no default operator class for access method \"btree\"",
            type.name())
        .hint(
            "You must specify an operator class for the index or define a default operator class"
                + " for the data type.");
  }

  private static int inputType(PgType type) {
    if (type.isArray()) {
      return Types.ANYARRAY;
    }
    return type.kind() == 'e'
        ? Types.ANYENUM
        : type.oid() == Types.VARCHAR ? Types.TEXT : type.oid();
  }

  private static OpClass opClass(String[] f) {
    return new OpClass(
        Integer.parseInt(f[0]), f[1], Integer.parseInt(f[2]), Integer.parseInt(f[3]));
  }
}
