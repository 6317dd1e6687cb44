package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The types that users make: enums and the arrays of them.
///
/// What can be done with their values does not depend on what the catalog says of them, so that
/// they need not be looked up to be known:
///
/// 1. The oid of an enum type is even, and that of the arrays of it the next one.
/// 2. Their names, which do depend on it, are written `pg_catalog."16400"` in every text that
///    outlives the statement or was made without a catalog at hand. It can be read as the name of a
///    type; before a user sees it, [#withNames] puts the names of that moment in.
public final class UserTypes {
  /// From here on oids are those of what users have made.
  private static final int FIRST_OID = 16384;

  private static final int ENUM_IN = 3506;
  private static final int ENUM_OUT = 3507;
  private static final int ENUM_RECV = 3532;
  private static final int ENUM_SEND = 3533;
  private static final int ARRAY_IN = 750;
  private static final int ARRAY_OUT = 751;
  private static final int ARRAY_RECV = 2400;
  private static final int ARRAY_SEND = 2401;
  private static final int ARRAY_SUBSCRIPT_HANDLER = 6179;

  /// Inside of JSON's strings there is a backslash before each quote.
  private static final Pattern REFERENCE =
      Pattern.compile("pg_catalog\\.\\\\?\"([0-9]{5,10})\\\\?\"");

  private UserTypes() {}

  /// Whether an oid may be that of a type that a user has made.
  public static boolean isUserType(int oid) {
    return Integer.compareUnsigned(oid, FIRST_OID) >= 0;
  }

  /// Whether it is the one of an enum type itself.
  public static boolean isEnum(int oid) {
    return isUserType(oid) && (oid & 1) == 0;
  }

  /// The type that an oid would have, whether or not the catalog has it.
  static @Nullable PgType find(int oid) {
    if (!isUserType(oid)) {
      return null;
    }
    return isEnum(oid) ? enumType(oid) : arrayOf(enumType(oid - 1));
  }

  private static PgType enumType(int oid) {
    return new PgType(
        new PgType.Row(
            oid,
            Integer.toUnsignedString(oid),
            4,
            true,
            'e',
            'E',
            false,
            ',',
            0,
            oid + 1,
            ENUM_IN,
            ENUM_OUT,
            ENUM_RECV,
            ENUM_SEND,
            0,
            0,
            'i',
            'p',
            true,
            0,
            0),
        new EnumOps(oid));
  }

  private static PgType arrayOf(PgType element) {
    PgType.Row row =
        new PgType.Row(
            element.oid() + 1,
            Integer.toUnsignedString(element.oid() + 1),
            -1,
            false,
            'b',
            'A',
            false,
            ',',
            element.oid(),
            0,
            ARRAY_IN,
            ARRAY_OUT,
            ARRAY_RECV,
            ARRAY_SEND,
            0,
            0,
            'i',
            'x',
            true,
            0,
            ARRAY_SUBSCRIPT_HANDLER);
    return new PgType(row, BuiltinTypeOps.ofArray(row, element));
  }

  /// How a type is written where its name may change.
  public static String reference(int oid) {
    return "pg_catalog.\"" + Integer.toUnsignedString(oid) + "\"";
  }

  /// The oid in the last part of a reference; 0 where it is none.
  public static int referenced(String name) {
    if (name.length() < 5 || name.length() > 10 || !name.chars().allMatch(Character::isDigit)) {
      return 0;
    }
    long oid = Long.parseLong(name);
    return oid <= 0xFFFF_FFFFL && isUserType((int) oid) ? (int) oid : 0;
  }

  public static boolean hasReferences(String text) {
    return text.contains("pg_catalog.") && REFERENCE.matcher(text).find();
  }

  /// An error with the names of the types in its texts.
  public static PgException withNames(PgException error, CatalogHooks catalog) {
    return error.rewritten(text -> withNames(text, catalog::userTypeName));
  }

  /// A text with the names of the types in the place of the references to them.
  ///
  /// @param names null for what is not there any more
  public static String withNames(String text, IntFunction<@Nullable String> names) {
    if (!hasReferences(text)) {
      return text;
    }
    return REFERENCE
        .matcher(text)
        .replaceAll(found -> {
          int oid = referenced(found.group(1));
          String name = oid == 0 ? null : names.apply(oid);
          return Matcher.quoteReplacement(name == null ? found.group() : name);
        });
  }
}
