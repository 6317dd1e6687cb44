package dev.lifeline.storage.lmgr;

/// What a heavyweight lock is on.
///
/// The three numbers mean, by type: relation (database, relation oid, 0), extension of a relation
/// (same), tuple (database, relation oid, tid), transaction (0, xid, 0), object (database, class
/// oid in the high and object oid in the low half, sub-id), advisory (database, key, 1 for a key of
/// 64 bits or 2 for two keys of 32).
public record LockTag(Type type, int database, long first, long second) {

  /// The kinds, as in `pg_locks.locktype`.
  public enum Type {
    RELATION("relation"),
    EXTEND("extend"),
    TUPLE("tuple"),
    TRANSACTION("transactionid"),
    OBJECT("object"),
    ADVISORY("advisory");

    private final String pgName;

    Type(String pgName) {
      this.pgName = pgName;
    }

    public String pgName() {
      return pgName;
    }
  }

  public static LockTag relation(int database, int relation) {
    return new LockTag(Type.RELATION, database, Integer.toUnsignedLong(relation), 0);
  }

  public static LockTag extend(int database, int relation) {
    return new LockTag(Type.EXTEND, database, Integer.toUnsignedLong(relation), 0);
  }

  /// A row.
  ///
  /// @param tid block and line pointer, as everywhere in the access layer
  public static LockTag tuple(int database, int relation, long tid) {
    return new LockTag(Type.TUPLE, database, Integer.toUnsignedLong(relation), tid);
  }

  public static LockTag transaction(long xid) {
    return new LockTag(Type.TRANSACTION, 0, xid, 0);
  }

  /// A database object that is not a relation, such as a database or a role (database 0 when it is
  /// shared by the cluster).
  public static LockTag object(int database, int classOid, int objectOid) {
    return new LockTag(
        Type.OBJECT, database, (long) classOid << 32 | Integer.toUnsignedLong(objectOid), 0);
  }

  public static LockTag advisory(int database, long key) {
    return new LockTag(Type.ADVISORY, database, key, 1);
  }

  public static LockTag advisory(int database, int key1, int key2) {
    return new LockTag(
        Type.ADVISORY, database, (long) key1 << 32 | Integer.toUnsignedLong(key2), 2);
  }

  /// What is locked, in the words of PostgreSQL's messages: `relation 16384 of database 5`.
  public String describe() {
    String db = Integer.toUnsignedString(database);
    return switch (type) {
      case RELATION -> "relation " + first + " of database " + db;
      case EXTEND -> "extension of relation " + first + " of database " + db;
      case TUPLE ->
          "tuple ("
              + (second >>> 16)
              + ","
              + (second & 0xFFFF)
              + ") of relation "
              + first
              + " of database "
              + db;
      case TRANSACTION -> "transaction " + first;
      case OBJECT ->
          "object " + (first & 0xFFFF_FFFFL) + " of class " + (first >>> 32) + " of database " + db;
      case ADVISORY ->
          "advisory lock ["
              + db
              + ","
              + (first >>> 32)
              + ","
              + (first & 0xFFFF_FFFFL)
              + ","
              + second
              + "]";
    };
  }
}
