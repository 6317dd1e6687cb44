package dev.lifeline.parser.func;

import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;

/// `pg_type.typcategory`.
final class TypeCategory {
  static final char INVALID = '\0';
  static final char STRING = 'S';

  private TypeCategory() {}

  static char of(int typeOid) {
    PgType type = Types.find(typeOid);
    return type == null ? 'U' : type.category();
  }

  /// Whether the type is the preferred one of this category.
  static boolean isPreferred(char category, int typeOid) {
    PgType type = Types.find(typeOid);
    return type != null && type.preferred() && type.category() == category;
  }
}
