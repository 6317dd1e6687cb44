package dev.lifeline.catalog;

/// The oids of PostgreSQL by which rows of a catalog refer to what is in another one.
public final class SystemOids {
  public static final int PG_CLASS = 1259;
  public static final int PG_AUTHID = 1260;
  public static final int PG_DATABASE = 1262;
  public static final int PG_ATTRDEF = 2604;
  public static final int PG_CONSTRAINT = 2606;
  public static final int PG_NAMESPACE = 2615;
  public static final int PG_EXTENSION = 3079;

  /// The role that `initdb` makes.
  public static final int BOOTSTRAP_SUPERUSER = 10;

  private SystemOids() {}
}
