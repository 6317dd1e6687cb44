package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The types that are an oid and show a name: `regclass`, `regtype`, `regproc`, `regnamespace`,
/// `regrole` and their like.
final class RegOps extends LongOps {
  private final int type;

  RegOps(int type) {
    super(4, false);
    this.type = type;
  }

  @Override
  long parse(String text, int typmod, EvalContext context) {
    if (text.equals("-")) {
      return 0;
    }
    if (!text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return new OidOps("oid").parse(text, typmod, context);
    }
    long oid = lookup(type, text, context);
    if (oid == 0) {
      throw notFound(text);
    }
    return oid;
  }

  private PgException notFound(String text) {
    String name = String.join(".", Identifiers.split(text, false));
    return switch (type) {
      case Types.REGCLASS ->
          PgException.error(SqlState.UNDEFINED_TABLE, "relation \"%s\" does not exist", name);
      case Types.REGTYPE ->
          PgException.error(SqlState.UNDEFINED_OBJECT, "type \"%s\" does not exist", text);
      case Types.REGNAMESPACE ->
          PgException.error(SqlState.INVALID_SCHEMA_NAME, "schema \"%s\" does not exist", name);
      case Types.REGROLE ->
          PgException.error(SqlState.UNDEFINED_OBJECT, "role \"%s\" does not exist", name);
      case Types.REGCOLLATION ->
          PgException.error(
              SqlState.UNDEFINED_OBJECT,
              "collation \"%s\" for encoding \"UTF8\" does not exist",
              name);
      case Types.REGOPER, Types.REGOPERATOR ->
          PgException.error(SqlState.UNDEFINED_FUNCTION, "operator does not exist: %s", text);
      default ->
          PgException.error(SqlState.UNDEFINED_FUNCTION, "function \"%s\" does not exist", text);
    };
  }

  /// The oid that a name stands for; 0 where there is none.
  static long lookup(int type, String text, EvalContext context) {
    CatalogHooks catalog = context.catalog();
    int oid =
        switch (type) {
          case Types.REGCLASS -> catalog.relationOid(Identifiers.split(text, true));
          case Types.REGTYPE -> TypeNames.find(text, catalog);
          case Types.REGNAMESPACE -> catalog.namespaceOid(single(text));
          case Types.REGROLE -> catalog.roleOid(single(text));
          case Types.REGCOLLATION -> RegNames.collation(Identifiers.split(text, true).getLast());
          case Types.REGPROC -> RegNames.procedure(Identifiers.split(text, true));
          case Types.REGPROCEDURE -> RegNames.procedureWithArguments(text, catalog);
          case Types.REGOPER -> RegNames.operator(text);
          default -> RegNames.operatorWithArguments(text, catalog);
        };
    return Integer.toUnsignedLong(oid);
  }

  private static String single(String text) {
    List<String> names = Identifiers.split(text, true);
    if (names.size() != 1) {
      throw PgException.error(SqlState.INVALID_NAME, "invalid name syntax");
    }
    return names.getFirst();
  }

  @Override
  void format(long value, EvalContext context, ByteWriter out) {
    if (value == 0) {
      out.int8(type == Types.REGOPER || type == Types.REGOPERATOR ? '0' : '-');
      return;
    }
    String name = name((int) value, context);
    if (name == null) {
      out.decimal(value);
    } else {
      out.utf8(name);
    }
  }

  private @Nullable String name(int oid, EvalContext context) {
    CatalogHooks catalog = context.catalog();
    return switch (type) {
      case Types.REGCLASS -> catalog.relationName(oid);
      case Types.REGTYPE -> typeName(oid, catalog);
      case Types.REGNAMESPACE -> quoted(catalog.namespaceName(oid));
      case Types.REGROLE -> quoted(catalog.roleName(oid));
      case Types.REGCOLLATION -> RegNames.collationName(oid);
      default -> RegNames.name(type, oid);
    };
  }

  private static @Nullable String typeName(int oid, CatalogHooks catalog) {
    String name = FormatType.name(oid, -1, false, catalog);
    return name.startsWith(FormatType.UNKNOWN) ? null : name;
  }

  private static @Nullable String quoted(@Nullable String name) {
    return name == null ? null : QuoteIdent.quote(name);
  }
}
