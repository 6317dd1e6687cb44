package dev.lifeline.catalog;

import dev.lifeline.access.SharedMemory;
import dev.lifeline.access.heap.HeapAccess;
import dev.lifeline.access.nbtree.BTreeAccess;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.lmgr.LockManager;
import io.vertx.core.Future;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The catalogs of the cluster, for one generation of the shared memory.
public final class Catalogs {
  private final LockManager locks;
  private final RelationFiles files;
  private final DatabaseFiles databaseFiles;
  private final VirtualTables virtuals;
  private final Invalidations invalidations;
  private final CatalogCache sharedCache;
  private final Map<Integer, DatabaseCatalog> databases = new ConcurrentHashMap<>();
  private volatile DefinitionDeparser definitions = DefinitionDeparser.STORED;

  public Catalogs(Disk disk, BTreeAccess btree, LockManager locks, VirtualTables virtuals) {
    this(disk, btree, locks, virtuals, Invalidations.AT_ONCE);
  }

  /// @param invalidations how sessions learn of each other's changes
  public Catalogs(
      Disk disk,
      BTreeAccess btree,
      LockManager locks,
      VirtualTables virtuals,
      Invalidations invalidations) {
    this.invalidations = invalidations;
    this.sharedCache = new CatalogCache(invalidations);
    this.files = new RelationFiles(btree.heap(), btree);
    this.databaseFiles = new DatabaseFiles(disk, btree.heap().shared());
    this.locks = locks;
    this.virtuals = virtuals;
  }

  /// Says who writes definitions, before the first session begins.
  public void definitions(DefinitionDeparser deparser) {
    definitions = deparser;
  }

  DefinitionDeparser definitions() {
    return definitions;
  }

  /// The catalogs as a session sees them.
  public BackendCatalog session(CatalogClient client) {
    return new BackendCatalog(this, database(client.databaseOid()), client);
  }

  public BTreeAccess btree() {
    return files.btree();
  }

  public HeapAccess heap() {
    return files.heap();
  }

  public SharedMemory shared() {
    return files.heap().shared();
  }

  public LockManager locks() {
    return locks;
  }

  RelationFiles files() {
    return files;
  }

  DatabaseFiles databaseFiles() {
    return databaseFiles;
  }

  DatabaseCatalog database(int oid) {
    return databases.computeIfAbsent(
        oid,
        o ->
            new DatabaseCatalog(
                new CatalogTables(o, new SystemRelations(o, virtuals), files),
                sharedCache,
                invalidations));
  }

  /// The database was dropped: forgets it and removes its directory.
  public Future<Void> forget(int databaseOid) {
    databases.remove(databaseOid);
    shared().smgr().forgetDatabase(databaseOid);
    shared().counters().forgetDatabase(databaseOid);
    return databaseFiles.removeDirectory(databaseOid);
  }
}
