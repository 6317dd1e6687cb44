package dev.lifeline.utils.adt;

import org.jspecify.annotations.Nullable;

/// Names of types as SQL writes them: `format_type()`, and the types in error messages.
public final class FormatType {
  /// The name of what is no type.
  static final String UNKNOWN = "???";

  private FormatType() {}

  /// The type's name without a type modifier, as error messages have it.
  public static String name(int oid) {
    return name(oid, -1, false, null);
  }

  /// The type's name with its type modifier, e.g. `character varying(10)`.
  public static String name(int oid, int typmod) {
    return name(oid, typmod, true, null);
  }

  /// As `format_type()`.
  ///
  /// @param typmodGiven whether a type modifier was given at all, which tells `character` from
  ///   `bpchar`
  /// @param catalog names the types that are not built in; null where there is none, and a
  ///   reference stands for the name, see [UserTypes]
  static String name(int oid, int typmod, boolean typmodGiven, @Nullable CatalogHooks catalog) {
    if (oid == 0) {
      return "-";
    }
    PgType type = Types.find(oid);
    if (type == null) {
      return UNKNOWN;
    }
    if (UserTypes.isEnum(oid)) {
      String user = catalog == null ? UserTypes.reference(oid) : catalog.userTypeName(oid);
      return user == null ? UNKNOWN : user;
    }
    if (type.isArray() && type.oid() != Types.INT2VECTOR && type.oid() != Types.OIDVECTOR) {
      return name(type.elementOid(), typmod, typmodGiven, catalog) + "[]";
    }
    boolean with = typmodGiven && typmod >= 0;
    return switch (oid) {
      case Types.BOOL -> "boolean";
      case Types.BPCHAR ->
          with
              ? "character" + length(typmod)
              // A char without a length is a type that SQL has no name for: char would be char(1).
              : typmodGiven ? "bpchar" : "character";
      case Types.CHAR -> "\"char\"";
      case Types.FLOAT4 -> "real";
      case Types.FLOAT8 -> "double precision";
      case Types.INT2 -> "smallint";
      case Types.INT4 -> "integer";
      case Types.INT8 -> "bigint";
      case Types.NUMERIC -> with ? "numeric" + precisionAndScale(typmod) : "numeric";
      case Types.INTERVAL -> with ? "interval" + IntervalTypmod.format(typmod) : "interval";
      case Types.TIME -> with ? "time(" + typmod + ") without time zone" : "time without time zone";
      case Types.TIMETZ -> with ? "time(" + typmod + ") with time zone" : "time with time zone";
      case Types.TIMESTAMP ->
          with ? "timestamp(" + typmod + ") without time zone" : "timestamp without time zone";
      case Types.TIMESTAMPTZ ->
          with ? "timestamp(" + typmod + ") with time zone" : "timestamp with time zone";
      case Types.VARCHAR -> with ? "character varying" + length(typmod) : "character varying";
      case 1560 -> "bit";
      case 1562 -> "bit varying";
      default -> QuoteIdent.quote(type.name());
    };
  }

  private static String length(int typmod) {
    return typmod > TextOps.HEADER ? "(" + (typmod - TextOps.HEADER) + ")" : "";
  }

  private static String precisionAndScale(int typmod) {
    return "(" + NumericTypmod.precision(typmod) + "," + NumericTypmod.scale(typmod) + ")";
  }
}
