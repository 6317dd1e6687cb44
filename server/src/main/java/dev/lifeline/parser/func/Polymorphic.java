package dev.lifeline.parser.func;

import dev.lifeline.utils.adt.FormatType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.adt.UserTypes;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;

/// The pseudo-types that stand for whatever the arguments are (`anyelement`, `anyarray`, ... and
/// the `anycompatible` family): whether arguments fit together, and what a declared type then is.
final class Polymorphic {
  private Polymorphic() {}

  static boolean is(int type) {
    return isFamily1(type) || isFamily2(type);
  }

  private static boolean isFamily1(int type) {
    return type == Types.ANYELEMENT
        || type == Types.ANYARRAY
        || type == Types.ANYNONARRAY
        || type == Types.ANYENUM
        || type == Types.ANYRANGE;
  }

  private static boolean isFamily2(int type) {
    return type == Types.ANYCOMPATIBLE
        || type == Types.ANYCOMPATIBLEARRAY
        || type == Types.ANYCOMPATIBLENONARRAY;
  }

  /// Whether arguments of these actual types fit the declared types together.
  static boolean isConsistent(List<Integer> actual, List<Integer> declared) {
    int element = 0;
    int array = 0;
    boolean nonArray = false;
    boolean ofEnum = false;
    List<Integer> compatible = new ArrayList<>();
    boolean compatibleNonArray = false;
    for (int i = 0; i < declared.size(); i++) {
      int type = actual.get(i);
      switch (declared.get(i)) {
        case Types.ANYELEMENT, Types.ANYNONARRAY, Types.ANYENUM -> {
          nonArray |= declared.get(i) == Types.ANYNONARRAY;
          ofEnum |= declared.get(i) == Types.ANYENUM;
          if (type == Types.UNKNOWN) {
            continue;
          }
          if (element != 0 && element != type) {
            return false;
          }
          element = type;
        }
        case Types.ANYARRAY -> {
          if (type == Types.UNKNOWN) {
            continue;
          }
          if (array != 0 && array != type) {
            return false;
          }
          array = type;
        }
        case Types.ANYCOMPATIBLE, Types.ANYCOMPATIBLENONARRAY -> {
          compatibleNonArray |= declared.get(i) == Types.ANYCOMPATIBLENONARRAY;
          if (type != Types.UNKNOWN) {
            compatible.add(type);
          }
        }
        case Types.ANYCOMPATIBLEARRAY -> {
          if (type == Types.UNKNOWN) {
            continue;
          }
          if (Types.elementOf(type) == 0) {
            return false;
          }
          compatible.add(Types.elementOf(type));
        }
        default -> {}
      }
    }
    if (!family1Fits(element, array, nonArray) || (ofEnum && !UserTypes.isEnum(element))) {
      return false;
    }
    if (compatible.isEmpty()) {
      return true;
    }
    int common = CommonType.ofTypes(compatible);
    return common != 0 && !(compatibleNonArray && Types.elementOf(common) != 0);
  }

  private static boolean family1Fits(int element, int array, boolean nonArray) {
    if (array != 0) {
      if (array == Types.ANYARRAY) {
        return element == 0 || element == Types.ANYELEMENT;
      }
      int ofArray = Types.elementOf(array);
      if (ofArray == 0 || (element != 0 && element != ofArray)) {
        return false;
      }
    }
    return !(nonArray && element != 0 && Types.elementOf(element) != 0);
  }

  /// What the declared types are, given the actual ones.
  ///
  /// @param declared is changed: polymorphic types become real ones
  /// @param resultType the declared type of the result
  /// @return the real type of the result
  static int resolve(List<Integer> actual, List<Integer> declared, int resultType) {
    boolean family1 = isFamily1(resultType);
    boolean family2 = isFamily2(resultType);
    for (int type : declared) {
      family1 |= isFamily1(type);
      family2 |= isFamily2(type);
    }
    if (!family1 && !family2) {
      return resultType;
    }
    int element = family1 ? elementOf(actual, declared) : 0;
    int compatible = family2 ? compatibleOf(actual, declared) : 0;
    for (int i = 0; i < declared.size(); i++) {
      int type = declared.get(i);
      // A parameter that takes an anyarray as it is, as a column of pg_statistic, keeps it.
      declared.set(i, isFamily1(type) && element == 0 ? type : real(type, element, compatible));
    }
    return real(resultType, element, compatible);
  }

  private static int real(int declared, int element, int compatible) {
    return switch (declared) {
      case Types.ANYELEMENT, Types.ANYNONARRAY, Types.ANYENUM -> element;
      case Types.ANYARRAY -> array(element);
      case Types.ANYCOMPATIBLE, Types.ANYCOMPATIBLENONARRAY -> compatible;
      case Types.ANYCOMPATIBLEARRAY -> array(compatible);
      default -> declared;
    };
  }

  private static int array(int element) {
    int array = Types.arrayOf(element);
    if (array == 0) {
      throw PgException.error(
          SqlState.UNDEFINED_OBJECT,
          "could not find array type for data type %s",
          FormatType.name(element));
    }
    return array;
  }

  private static int elementOf(List<Integer> actual, List<Integer> declared) {
    int element = 0;
    int array = 0;
    for (int i = 0; i < declared.size(); i++) {
      int type = actual.get(i);
      if (type == Types.UNKNOWN || !isFamily1(declared.get(i))) {
        continue;
      }
      if (declared.get(i) == Types.ANYARRAY) {
        if (array != 0 && array != type) {
          throw notAlike("anyarray", array, type);
        }
        array = type;
      } else {
        if (element != 0 && element != type) {
          throw notAlike("anyelement", element, type);
        }
        element = type;
      }
    }
    if (array != 0) {
      int ofArray = Types.elementOf(array);
      if (ofArray == 0) {
        throw PgException.error(
            SqlState.DATATYPE_MISMATCH,
            "argument declared %s is not an array but type %s",
            "anyarray",
            FormatType.name(array));
      }
      if (element != 0 && element != ofArray) {
        throw PgException.error(
                SqlState.DATATYPE_MISMATCH,
                "argument declared %s is not consistent with argument declared %s",
                "anyarray",
                "anyelement")
            .detail("%s versus %s", FormatType.name(array), FormatType.name(element));
      }
      element = ofArray;
    }
    if (element == 0) {
      throw PgException.error(
          SqlState.DATATYPE_MISMATCH,
          "could not determine polymorphic type because input has type %s",
          "unknown");
    }
    return element;
  }

  private static PgException notAlike(String pseudoType, int a, int b) {
    return PgException.error(
            SqlState.DATATYPE_MISMATCH, "arguments declared \"%s\" are not all alike", pseudoType)
        .detail("%s versus %s", FormatType.name(a), FormatType.name(b));
  }

  private static int compatibleOf(List<Integer> actual, List<Integer> declared) {
    List<Integer> types = new ArrayList<>();
    for (int i = 0; i < declared.size(); i++) {
      int type = actual.get(i);
      if (type == Types.UNKNOWN) {
        continue;
      }
      if (declared.get(i) == Types.ANYCOMPATIBLEARRAY) {
        int element = Types.elementOf(type);
        if (element == 0) {
          throw PgException.error(
              SqlState.DATATYPE_MISMATCH,
              "argument declared %s is not an array but type %s",
              "anycompatiblearray",
              FormatType.name(type));
        }
        types.add(element);
      } else if (isFamily2(declared.get(i))) {
        types.add(type);
      }
    }
    if (types.isEmpty()) {
      // All of them are literals of no known type: then they are text.
      return Types.TEXT;
    }
    int common = CommonType.ofTypes(types);
    if (common == 0) {
      throw PgException.error(
          SqlState.DATATYPE_MISMATCH,
          "arguments of anycompatible family cannot be cast to a common type");
    }
    return common;
  }
}
