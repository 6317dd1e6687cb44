package dev.lifeline.catalog;

import dev.lifeline.access.heap.ToastTable;
import dev.lifeline.access.nbtree.BTree;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.access.transam.XactListener;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.storage.lmgr.LockTag;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A session's [SessionCatalog].
///
/// As long as its transaction has changed no catalog, it looks things up in the caches that all
/// sessions share. From its first DDL on it keeps a cache of its own, which every further change
/// and every rolled back savepoint empties; what it has changed goes to the others when it commits.
public final class BackendCatalog implements SessionCatalog {
  private final Catalogs catalogs;
  private final DatabaseCatalog database;
  private final CatalogClient client;
  private final SearchPath searchPath;
  private final AccessRights rights;
  private final Sequences sequences;
  private final TempTables tempTables;
  private final TypeCatalog types;

  /// Counts what only this session notices: its own DDL and its undoing.
  private long localGeneration;

  /// The transaction that has changed catalogs, or null.
  private @Nullable Xact changing;

  private final Map<Object, Optional<Object>> local = new HashMap<>();

  /// What others had changed when [#local] was begun.
  private long localSince;

  private final Set<Object> changedKeys = new HashSet<>();
  private boolean changedAll;

  /// How many definitions that the catalogs keep are being read, one within the other.
  private int storedDepth;

  private boolean changedShared;

  BackendCatalog(Catalogs catalogs, DatabaseCatalog database, CatalogClient client) {
    this.catalogs = catalogs;
    this.database = database;
    this.client = client;
    this.searchPath = new SearchPath(this, client);
    this.rights = new AccessRights(this);
    this.sequences = new Sequences(this);
    this.tempTables = new TempTables(this);
    this.types = new TypeCatalog(this);
  }

  // Keys of the caches: what is looked up, and by what.
  record RelationKey(int oid) {}

  record NameKey(int namespaceOid, String name) {}

  record NamespaceNameKey(String name) {}

  record NamespaceKey(int oid) {}

  record RoleKey(int oid) {}

  record RoleNameKey(String name) {}

  record DatabaseKey(int oid) {}

  record DatabaseNameKey(String name) {}

  @Override
  public long generation() {
    return database.generation() + localGeneration + client.gucs().generation();
  }

  @Override
  public long sharedGeneration() {
    return database.generation();
  }

  @Override
  public boolean pristine() {
    return changing == null;
  }

  @Override
  public int databaseOid() {
    return client.databaseOid();
  }

  @Override
  public int userOid() {
    return client.userOid();
  }

  @Override
  public boolean superuser() {
    Role role = role(client.userOid());
    return role != null && role.superuser();
  }

  public CatalogClient client() {
    return client;
  }

  /// The catalogs' rows as the transaction sees them now.
  public CatalogReader reader() {
    return new CatalogReader(database.tables(), client.xact());
  }

  /// The catalogs' rows of another database.
  public CatalogReader reader(int databaseOid) {
    return new CatalogReader(catalogs.database(databaseOid).tables(), client.xact());
  }

  public Catalogs catalogs() {
    return catalogs;
  }

  /// The table's storage, opened.
  @Override
  public Table table(Relation relation) {
    return catalogs.files().table(relation);
  }

  @Override
  public BTree index(Relation relation, Relation.Index index) {
    return catalogs.files().index(relation, index);
  }

  /// Where a relation's long values are, opened.
  public ToastTable toast(Relation.Toast toast) {
    return catalogs.files().toast(toast);
  }

  /// What is looked up under a key, from the cache or by the loader.
  <T> @Nullable T cached(boolean shared, Object key, Class<T> type, Supplier<@Nullable T> loader) {
    if (changing == null) {
      CatalogCache cache = shared ? database.sharedCache() : database.cache();
      return cache.get(key, type, loader);
    }
    long others = database.generation();
    if (others != localSince) {
      // Somebody else's DDL has committed; behind its lock his files must not be looked for.
      local.clear();
      localSince = others;
    }
    Optional<Object> known = local.get(key);
    if (known == null) {
      T loaded = loader.get();
      local.put(key, Optional.ofNullable(loaded));
      return loaded;
    }
    return type.cast(known.orElse(null));
  }

  @Override
  public @Nullable Relation find(@Nullable String schema, String name) {
    if (schema != null) {
      int namespaceOid = usableNamespace(schema);
      return namespaceOid == 0 ? null : find(namespaceOid, name);
    }
    for (int namespaceOid : searchPath.namespaces()) {
      Relation found = find(namespaceOid, name);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  @Override
  public int usableNamespace(String name) {
    int oid = namespaceOid(name);
    if (storedDepth == 0 && oid != 0 && oid != tempTables.namespace()) {
      rights.checkNamespace(oid, Privilege.USAGE);
    }
    return oid;
  }

  @Override
  public <T> T readingStored(Supplier<T> part) {
    storedDepth++;
    try {
      return part.get();
    } finally {
      storedDepth--;
    }
  }

  /// The relation of that name in that schema. Does not ask whether the role may use the schema.
  public @Nullable Relation find(int namespaceOid, String name) {
    Relation system = database.tables().relations().find(namespaceOid, name);
    if (system != null) {
      return system;
    }
    Integer oid =
        cached(
            false,
            new NameKey(namespaceOid, name),
            Integer.class,
            () -> {
              CatalogRow row =
                  reader().one("pg_class", "pg_class_relname_nsp_index", name, namespaceOid);
              return row == null ? null : row.oid("oid");
            });
    return oid == null ? null : byOid(oid);
  }

  @Override
  public @Nullable Relation byOid(int oid) {
    Relation system = database.tables().relations().find(oid);
    if (system != null) {
      return system;
    }
    return cached(
        false, new RelationKey(oid), Relation.class, () -> new RelationLoader(reader()).load(oid));
  }

  @Override
  public Relation require(@Nullable String schema, String name, int location) {
    Relation relation = find(schema, name);
    if (relation == null) {
      throw undefined(schema, name).at(location);
    }
    return relation;
  }

  static PgException undefined(@Nullable String schema, String name) {
    return PgException.error(
        SqlState.UNDEFINED_TABLE,
        "relation \"%s\" does not exist",
        schema == null ? name : schema + "." + name);
  }

  @Override
  public Relation open(@Nullable String schema, String name, int location, LockMode mode) {
    Relation relation = find(schema, name);
    while (relation != null) {
      Relation locked = reopen(relation, mode);
      Relation again = find(schema, name);
      if (locked != null && again != null && again.oid() == locked.oid()) {
        return again;
      }
      relation = again;
    }
    throw undefined(schema, name).at(location);
  }

  /// Whoever waits for the lock says how the relation is called.
  private @Nullable Relation reopen(Relation relation, LockMode mode) {
    try {
      return reopen(relation.oid(), mode);
    } catch (NotYet waiting) {
      client.lockOwner().waitRelation(relation.name());
      throw waiting;
    }
  }

  @Override
  public @Nullable Relation reopen(int oid, LockMode mode) {
    catalogs.locks().lockRelation(client.lockOwner(), lockDatabase(oid), oid, mode);
    return byOid(oid);
  }

  /// Shared relations are locked in no database.
  int lockDatabase(int oid) {
    Relation relation = database.tables().relations().find(oid);
    return relation != null && relation.locator() != null
        ? relation.file().dbOid()
        : client.databaseOid();
  }

  /// Locks a relation only if that needs no waiting.
  public boolean tryLock(int oid, LockMode mode) {
    return catalogs.locks().tryLockRelation(client.lockOwner(), lockDatabase(oid), oid, mode);
  }

  /// Locks an object that is no relation, until the transaction ends.
  public void lockObject(boolean shared, int classOid, int objectOid, LockMode mode) {
    LockTag tag = LockTag.object(shared ? 0 : client.databaseOid(), classOid, objectOid);
    catalogs.locks().lock(client.lockOwner(), tag, mode);
  }

  /// As [#lockObject], only if that needs no waiting.
  public boolean tryLockObject(boolean shared, int classOid, int objectOid, LockMode mode) {
    LockTag tag = LockTag.object(shared ? 0 : client.databaseOid(), classOid, objectOid);
    return catalogs.locks().tryLock(client.lockOwner(), tag, mode);
  }

  @Override
  public void checkAccess(Relation relation, Privilege privilege) {
    tempTables.check(relation);
    rights.check(relation, privilege);
  }

  @Override
  public void checkAccess(Relation relation, Privilege privilege, int role) {
    if (role == 0) {
      checkAccess(relation, privilege);
    } else {
      rights().check(role, relation, privilege);
    }
  }

  /// The system catalogs and views.
  List<Relation> systemRelations() {
    return database.tables().relations().all();
  }

  /// The sequences, and what the session got from them.
  public Sequences sequences() {
    return sequences;
  }

  /// The session's temporary relations.
  public TempTables tempTables() {
    return tempTables;
  }

  /// The types that users have made.
  public TypeCatalog types() {
    return types;
  }

  @Override
  public int findType(@Nullable String schema, String name) {
    UserType type = types.find(schema, name);
    return type == null ? 0 : type.oid();
  }

  /// The schemas where names without one are looked for.
  List<Integer> searchedNamespaces() {
    return searchPath.namespaces();
  }

  /// What the session's role may do.
  public AccessRights rights() {
    return rights;
  }

  @Override
  public List<String> searchPath(boolean includingImplicit) {
    return searchPath.names(includingImplicit);
  }

  /// The schema that objects without one are created in.
  ///
  /// @throws PgException 3F000 where the search path has none
  public int creationNamespace() {
    return searchPath.creationNamespace();
  }

  @Override
  public int namespaceOid(String name) {
    if (name.equals(TempTables.ALIAS)) {
      return tempTables.namespace();
    }
    Integer oid =
        cached(
            false,
            new NamespaceNameKey(name),
            Integer.class,
            () -> {
              CatalogRow row = reader().one("pg_namespace", "pg_namespace_nspname_index", name);
              return row == null ? null : row.oid("oid");
            });
    return oid == null ? 0 : oid;
  }

  /// A schema's row, with its owner and privileges.
  ///
  /// @param acl null where only the owner may
  public record Namespace(int oid, String name, int owner, @Nullable String acl) {}

  public @Nullable Namespace namespace(int oid) {
    return cached(
        false,
        new NamespaceKey(oid),
        Namespace.class,
        () -> {
          CatalogRow row = reader().one("pg_namespace", "pg_namespace_oid_index", oid);
          return row == null
              ? null
              : new Namespace(
                  oid, row.text("nspname"), row.oid("nspowner"), Acl.read(row, "nspacl"));
        });
  }

  @Override
  public @Nullable String namespaceName(int oid) {
    Namespace namespace = namespace(oid);
    return namespace == null ? null : namespace.name();
  }

  public @Nullable Role role(int oid) {
    return cached(
        true,
        new RoleKey(oid),
        Role.class,
        () -> {
          CatalogReader reader = reader();
          CatalogRow row = reader.one("pg_authid", "pg_authid_oid_index", oid);
          return row == null
              ? null
              : Role.of(
                  row, reader.rows("pg_auth_members", "pg_auth_members_member_role_index", oid));
        });
  }

  public @Nullable Role role(String name) {
    Integer oid =
        cached(
            true,
            new RoleNameKey(name),
            Integer.class,
            () -> {
              CatalogRow row = reader().one("pg_authid", "pg_authid_rolname_index", name);
              return row == null ? null : row.oid("oid");
            });
    return oid == null ? null : role(oid);
  }

  @Override
  public @Nullable String roleName(int oid) {
    Role role = role(oid);
    return role == null ? null : role.name();
  }

  public @Nullable Database database(int oid) {
    return cached(
        true,
        new DatabaseKey(oid),
        Database.class,
        () -> {
          CatalogRow row = reader().one("pg_database", "pg_database_oid_index", oid);
          return row == null ? null : Database.of(row);
        });
  }

  public @Nullable Database database(String name) {
    Integer oid =
        cached(
            true,
            new DatabaseNameKey(name),
            Integer.class,
            () -> {
              CatalogRow row = reader().one("pg_database", "pg_database_datname_index", name);
              return row == null ? null : row.oid("oid");
            });
    return oid == null ? null : database(oid);
  }

  @Override
  public @Nullable String databaseName(int oid) {
    Database found = database(oid);
    return found == null ? null : found.name();
  }

  /// The steps by which the running transaction changes the catalogs.
  public CatalogWriter writer(Steps steps) {
    changed();
    return new CatalogWriter(this, database.tables(), client.xact(), steps);
  }

  /// The transaction has changed what is known of this relation (its own rows, or those of its
  /// columns, indexes or constraints).
  void relationChanged(int oid) {
    changed();
    changedKeys.add(new RelationKey(oid));
  }

  /// The transaction has created, dropped or renamed something.
  void namesChanged(boolean shared) {
    changed();
    if (shared) {
      changedShared = true;
    } else {
      changedAll = true;
    }
  }

  private void changed() {
    local.clear();
    localGeneration++;
    Xact xact = client.xact();
    if (changing != xact) {
      changing = xact;
      xact.addListener(new Invalidations());
    }
  }

  private final class Invalidations implements XactListener {
    @Override
    public void ended(Xact xact, boolean committed) {
      if (committed) {
        if (changedShared) {
          database.sharedCache().invalidate(null);
        }
        if (changedAll || !changedKeys.isEmpty()) {
          database.cache().invalidate(changedAll ? null : changedKeys);
        }
      }
      changing = null;
      changedAll = false;
      changedShared = false;
      changedKeys.clear();
      types.transactionEnded();
      local.clear();
      localGeneration++;
    }

    @Override
    public void subEnded(Xact xact, int subId, int parentSubId, boolean committed) {
      if (!committed) {
        local.clear();
        localGeneration++;
      }
    }
  }
}
