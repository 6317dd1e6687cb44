package dev.lifeline.parser.analyze;

import dev.lifeline.catalog.SessionCatalog;
import dev.lifeline.parser.tree.AConst;
import dev.lifeline.parser.tree.ColumnRef;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.TypeName;
import dev.lifeline.parser.tree.Value;
import dev.lifeline.utils.adt.FormatType;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.adt.UserTypes;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Finds the types that are written in a statement, with what stands in parentheses behind them:
/// `varchar(10)`, `numeric(12, 2)[]`.
public final class TypeNames {
  private static final int HEADER = 4;
  private static final int CHARACTERS_MAX = 10_485_760;

  private TypeNames() {}

  /// A type with its modifier.
  public record Resolved(int oid, int typmod) {}

  /// A type that is built in, where there can be no other.
  public static Resolved builtin(TypeName name) {
    return resolve(name, null);
  }

  /// The type that is written.
  ///
  /// @param catalog has the types of users; null where only the built-in ones are meant
  public static Resolved resolve(TypeName name, @Nullable SessionCatalog catalog) {
    if (name.setof()) {
      throw PgException.error(SqlState.INVALID_TABLE_DEFINITION, "column cannot be declared SETOF")
          .at(name.location());
    }
    if (name.pctType()) {
      throw PgException.notSupported("%TYPE").at(name.location());
    }
    PgType type = find(name, catalog);
    int typmod = typmod(type, name);
    int oid = type.oid();
    if (!name.arrayBounds().isEmpty()) {
      oid = Types.arrayOf(type.isArray() ? type.elementOid() : oid);
      if (oid == 0) {
        throw PgException.error(
                SqlState.UNDEFINED_OBJECT,
                "could not find array type for data type %s",
                FormatType.name(type.oid()))
            .at(name.location());
      }
    }
    return new Resolved(oid, typmod);
  }

  private static PgType find(TypeName name, @Nullable SessionCatalog catalog) {
    List<String> names = name.names();
    String schema = names.size() < 2 ? null : names.get(names.size() - 2);
    PgType type = find(schema, names.getLast(), catalog, name.location());
    if (type == null) {
      throw PgException.error(
              SqlState.UNDEFINED_OBJECT,
              "type \"%s%s\" does not exist",
              String.join(".", names),
              "[]".repeat(Math.min(1, name.arrayBounds().size())))
          .at(name.location());
    }
    if (!type.supported() && !type.isPseudo()) {
      throw PgException.notSupported("type " + FormatType.name(type.oid())).at(name.location());
    }
    return type;
  }

  private static @Nullable PgType find(
      @Nullable String schema, String name, @Nullable SessionCatalog catalog, int location) {
    PgType builtin = schema == null || schema.equals("pg_catalog") ? Types.find(name) : null;
    if (builtin != null || catalog == null) {
      return builtin;
    }
    int oid =
        "pg_catalog".equals(schema)
            ? UserTypes.referenced(name)
            : userType(schema, name, catalog, location);
    return oid == 0 ? null : Types.get(oid);
  }

  private static int userType(
      @Nullable String schema, String name, SessionCatalog catalog, int location) {
    try {
      if (schema != null && catalog.usableNamespace(schema) == 0) {
        throw PgException.error(
            SqlState.INVALID_SCHEMA_NAME, "schema \"%s\" does not exist", schema);
      }
      return catalog.findType(schema, name);
    } catch (PgException e) {
      throw e.at(location);
    }
  }

  private static int typmod(PgType type, TypeName name) {
    if (name.typmods().isEmpty()) {
      return -1;
    }
    List<Integer> modifiers = new ArrayList<>();
    for (Expr modifier : name.typmods()) {
      modifiers.add(modifier(modifier, name));
    }
    try {
      return typmod(type.oid(), modifiers);
    } catch (PgException e) {
      throw e.at(name.location());
    }
  }

  private static int modifier(Expr modifier, TypeName name) {
    if (modifier instanceof AConst constant) {
      if (constant.value() instanceof Value.Int number) {
        return number.value();
      }
      throw PgException.error(
              SqlState.INVALID_PARAMETER_VALUE, "type modifiers must be simple constants")
          .at(name.location());
    }
    throw PgException.error(
            SqlState.SYNTAX_ERROR,
            modifier instanceof ColumnRef
                ? "type modifiers must be simple constants or identifiers"
                : "type modifiers must be simple constants")
        .at(name.location());
  }

  private static int typmod(int type, List<Integer> modifiers) {
    return switch (type) {
      case Types.VARCHAR -> length(modifiers, "varchar");
      case Types.BPCHAR -> length(modifiers, "char");
      case Types.NUMERIC -> numeric(modifiers);
      case Types.TIMESTAMP -> precision(modifiers, "TIMESTAMP", "");
      case Types.TIMESTAMPTZ -> precision(modifiers, "TIMESTAMP", " WITH TIME ZONE");
      case Types.TIME -> precision(modifiers, "TIME", "");
      case Types.TIMETZ -> precision(modifiers, "TIME", " WITH TIME ZONE");
      case Types.INTERVAL -> interval(modifiers);
      default ->
          throw PgException.error(
              SqlState.SYNTAX_ERROR,
              "type modifier is not allowed for type \"%s\"",
              Types.get(type).name());
    };
  }

  private static int length(List<Integer> modifiers, String type) {
    if (modifiers.size() != 1) {
      throw invalid("invalid type modifier");
    }
    int length = modifiers.getFirst();
    if (length < 1) {
      throw invalid("length for type %s must be at least 1", type);
    }
    if (length > CHARACTERS_MAX) {
      throw invalid("length for type %s cannot exceed %s", type, Integer.toString(CHARACTERS_MAX));
    }
    return length + HEADER;
  }

  private static int numeric(List<Integer> modifiers) {
    if (modifiers.size() > 2) {
      throw invalid("invalid NUMERIC type modifier");
    }
    int precision = modifiers.getFirst();
    int scale = modifiers.size() == 2 ? modifiers.get(1) : 0;
    if (precision < 1 || precision > 1000) {
      throw invalid("NUMERIC precision %s must be between 1 and 1000", Integer.toString(precision));
    }
    if (scale < -1000 || scale > 1000) {
      throw invalid("NUMERIC scale %s must be between -1000 and 1000", Integer.toString(scale));
    }
    return ((precision << 16) | (scale & 0x7ff)) + HEADER;
  }

  private static int precision(List<Integer> modifiers, String type, String zone) {
    int precision = modifiers.getFirst();
    if (modifiers.size() != 1) {
      throw invalid("invalid type modifier");
    }
    if (precision < 0) {
      throw invalid(
          "%s(%s)%s precision must not be negative", type, Integer.toString(precision), zone);
    }
    return Math.min(precision, 6);
  }

  /// The fields, as bits, and the digits after the second's point.
  private static int interval(List<Integer> modifiers) {
    int range = modifiers.getFirst() & 0x7FFF;
    int precision = modifiers.size() == 2 ? Math.min(modifiers.get(1), 6) : 0xFFFF;
    return (range << 16) | precision;
  }

  private static PgException invalid(String message, Object... args) {
    return PgException.error(SqlState.INVALID_PARAMETER_VALUE, message, args);
  }
}
