package dev.lifeline.catalog;

/// PostgreSQL's oids of what initdb makes, by which rows of a catalog refer to what is in another
/// one.
public final class SystemOids {
  public static final int PG_TYPE = 1247;
  public static final int PG_CLASS = 1259;
  public static final int PG_AUTHID = 1260;
  public static final int PG_DATABASE = 1262;
  public static final int PG_ATTRDEF = 2604;
  public static final int PG_CONSTRAINT = 2606;
  public static final int PG_NAMESPACE = 2615;
  public static final int PG_EXTENSION = 3079;

  /// The role that `initdb` makes.
  public static final int BOOTSTRAP_SUPERUSER = 10;

  /// The oids below are those of initdb.
  static final int FIRST_NORMAL = 16384;

  private SystemOids() {}

  /// Whether it is the oid of something that initdb made.
  public static boolean isSystem(int oid) {
    return Integer.compareUnsigned(oid, FIRST_NORMAL) < 0;
  }
}
