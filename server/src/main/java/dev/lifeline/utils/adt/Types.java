package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The types: the built-in ones by PostgreSQL's oids and names, those of users by their oids.
public final class Types {
  public static final int BOOL = 16;
  public static final int BYTEA = 17;
  public static final int CHAR = 18;
  public static final int NAME = 19;
  public static final int INT8 = 20;
  public static final int INT2 = 21;
  public static final int INT2VECTOR = 22;
  public static final int INT4 = 23;
  public static final int REGPROC = 24;
  public static final int TEXT = 25;
  public static final int OID = 26;
  public static final int TID = 27;
  public static final int XID = 28;
  public static final int CID = 29;
  public static final int OIDVECTOR = 30;
  public static final int JSON = 114;
  public static final int PG_NODE_TREE = 194;
  public static final int FLOAT4 = 700;
  public static final int FLOAT8 = 701;
  public static final int UNKNOWN = 705;
  public static final int ACLITEM = 1033;
  public static final int BPCHAR = 1042;
  public static final int VARCHAR = 1043;
  public static final int DATE = 1082;
  public static final int TIME = 1083;
  public static final int TIMESTAMP = 1114;
  public static final int TIMESTAMPTZ = 1184;
  public static final int INTERVAL = 1186;
  public static final int TIMETZ = 1266;
  public static final int NUMERIC = 1700;
  public static final int REFCURSOR = 1790;
  public static final int REGPROCEDURE = 2202;
  public static final int REGOPER = 2203;
  public static final int REGOPERATOR = 2204;
  public static final int REGCLASS = 2205;
  public static final int REGTYPE = 2206;
  public static final int RECORD = 2249;
  public static final int CSTRING = 2275;
  public static final int ANY = 2276;
  public static final int ANYARRAY = 2277;
  public static final int VOID = 2278;
  public static final int TRIGGER = 2279;
  public static final int INTERNAL = 2281;
  public static final int ANYELEMENT = 2283;
  public static final int RECORD_ARRAY = 2287;
  public static final int ANYNONARRAY = 2776;
  public static final int UUID = 2950;
  public static final int PG_LSN = 3220;
  public static final int ANYENUM = 3500;
  public static final int JSONB = 3802;
  public static final int ANYRANGE = 3831;
  public static final int REGNAMESPACE = 4089;
  public static final int REGROLE = 4096;
  public static final int REGCOLLATION = 4191;
  public static final int XID8 = 5069;
  public static final int ANYCOMPATIBLE = 5077;
  public static final int ANYCOMPATIBLEARRAY = 5078;
  public static final int ANYCOMPATIBLENONARRAY = 5079;
  public static final int TEXT_ARRAY = 1009;
  public static final int INT4_ARRAY = 1007;

  /// The schema of all built-in objects.
  public static final int PG_CATALOG_NAMESPACE = 11;

  private static final Map<Integer, PgType> BY_OID = new LinkedHashMap<>();
  private static final Map<String, PgType> BY_NAME = new HashMap<>();

  static {
    for (PgType type : BootstrapTypes.load()) {
      BY_OID.put(type.oid(), type);
      BY_NAME.put(type.name(), type);
    }
  }

  private Types() {}

  /// The type with this oid.
  ///
  /// @throws PgException where there is none
  public static PgType get(int oid) {
    PgType type = find(oid);
    if (type == null) {
      throw PgException.error(
          SqlState.UNDEFINED_OBJECT,
          "type with OID %s does not exist",
          Integer.toUnsignedString(oid));
    }
    return type;
  }

  /// The type with this oid; null where there can be none. Of the oids that users' types have,
  /// which ones there are is the catalog's to know, see [UserTypes].
  public static @Nullable PgType find(int oid) {
    PgType type = BY_OID.get(oid);
    return type == null ? UserTypes.find(oid) : type;
  }

  /// The type with this `typname`, e.g. `int4`; SQL's own names for types (`integer`) are the
  /// parser's.
  public static @Nullable PgType find(String name) {
    return BY_NAME.get(name);
  }

  /// All of them in the order of their oids, also those that Lifeline knows by name only.
  public static Collection<PgType> all() {
    return Collections.unmodifiableCollection(BY_OID.values());
  }

  /// The type of the elements of an array type, or 0 for any other type.
  public static int elementOf(int oid) {
    PgType type = find(oid);
    return type != null && type.isArray() ? type.elementOid() : 0;
  }

  /// The type of arrays of a type, or 0 where there is none.
  public static int arrayOf(int oid) {
    PgType type = find(oid);
    return type == null ? 0 : type.arrayOid();
  }
}
