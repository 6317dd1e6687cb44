package dev.lifeline.parser.func;

import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.adt.UserTypes;
import dev.lifeline.utils.fmgr.BootstrapCatalog;
import dev.lifeline.utils.fmgr.PgCast;

/// How values of one type become values of another.
///
/// @param function the oid of the function that converts, for [Kind#FUNC]; else 0
record CoercionPath(Kind kind, int function) {
  static final CoercionPath NONE = new CoercionPath(Kind.NONE, 0);

  enum Kind {
    /// Not at all.
    NONE,
    FUNC,
    /// They are the same in memory.
    RELABEL,
    /// Element by element.
    ARRAY,
    /// By output and input.
    VIA_IO
  }

  boolean exists() {
    return kind != Kind.NONE;
  }

  static CoercionPath find(int target, int source, CoercionContext context) {
    if (source == target) {
      return new CoercionPath(Kind.RELABEL, 0);
    }
    PgCast cast = BootstrapCatalog.cast(source, target);
    if (cast != null) {
      if (!context.allows(cast.context())) {
        return NONE;
      }
      return switch (cast.method()) {
        case 'f' -> new CoercionPath(Kind.FUNC, cast.function());
        case 'i' -> new CoercionPath(Kind.VIA_IO, 0);
        default -> new CoercionPath(Kind.RELABEL, 0);
      };
    }
    if (target != Types.OIDVECTOR && target != Types.INT2VECTOR) {
      int targetElement = Types.elementOf(target);
      int sourceElement = Types.elementOf(source);
      if (targetElement != 0
          && sourceElement != 0
          && find(targetElement, sourceElement, context).exists()) {
        return new CoercionPath(Kind.ARRAY, 0);
      }
    }
    // Every type has a text form: a string may be assigned from anything, and cast to anything.
    boolean viaIo =
        (context != CoercionContext.IMPLICIT && TypeCategory.of(target) == TypeCategory.STRING)
            || (context == CoercionContext.EXPLICIT
                && TypeCategory.of(source) == TypeCategory.STRING);
    return viaIo ? new CoercionPath(Kind.VIA_IO, 0) : NONE;
  }

  /// How a value of a type is made to obey a type modifier.
  static CoercionPath findForTypmod(int type) {
    int element = Types.elementOf(type);
    PgCast cast =
        BootstrapCatalog.cast(element == 0 ? type : element, element == 0 ? type : element);
    if (cast == null || cast.function() == 0) {
      return NONE;
    }
    return element == 0
        ? new CoercionPath(Kind.FUNC, cast.function())
        : new CoercionPath(Kind.ARRAY, cast.function());
  }

  /// Whether values of the source can be used as the target without any conversion.
  static boolean isBinaryCoercible(int source, int target) {
    if (source == target || target == Types.ANY || target == Types.ANYELEMENT) {
      return true;
    }
    if (target == Types.ANYCOMPATIBLE) {
      return true;
    }
    if (target == Types.ANYARRAY || target == Types.ANYCOMPATIBLEARRAY) {
      return Types.elementOf(source) != 0;
    }
    if (target == Types.ANYENUM) {
      return UserTypes.isEnum(source);
    }
    PgCast cast = BootstrapCatalog.cast(source, target);
    return cast != null && cast.method() == 'b' && cast.context() == 'i';
  }
}
