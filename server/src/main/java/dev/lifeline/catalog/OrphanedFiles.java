package dev.lifeline.catalog;

import dev.lifeline.access.SharedMemory;
import dev.lifeline.access.heap.HeapAccess;
import dev.lifeline.access.nbtree.BTreeAccess;
import dev.lifeline.access.transam.IsolationLevel;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.ipc.Proc;
import dev.lifeline.utils.Retry;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Removes, at the end of a recovery, what a crash has left behind that no catalog knows of.
///
/// Redo finds the files of transactions that did not commit by itself. What it cannot know are the
/// directory of a database whose CREATE or DROP was interrupted, and a file whose deletion failed
/// or was overtaken by a loss of power. Formally, a file or directory is removed only if
///
/// 1. redo is over, and no transaction has begun since: whatever is not committed never will be;
/// 2. its name is that of a relation (or a database), with a number that the bootstrap did not give
///    out;
/// 3. the catalog that would name it was read to its end without an error, names itself and all
///    system relations of the database, and does not name it.
public final class OrphanedFiles {
  private static final Pattern RELATION_FILE = Pattern.compile("(\\d+)(?:_fsm|_vm)?(?:\\.\\d+)?");

  /// A database whose shared catalogs are read: the template, which is always there.
  private static final int TEMPLATE = 1;

  private final SharedMemory shared;
  private final Disk disk;
  private final RelationFiles files;
  private final DatabaseFiles databaseFiles;
  private final VirtualTables virtuals = new VirtualTables();
  private final List<String> removed = new ArrayList<>();

  public OrphanedFiles(SharedMemory shared, Disk disk) {
    this.shared = shared;
    this.disk = disk;
    BTreeAccess btree = new BTreeAccess(new HeapAccess(shared));
    this.files = new RelationFiles(btree.heap(), btree);
    this.databaseFiles = new DatabaseFiles(disk, shared);
  }

  /// Removes them.
  ///
  /// @return the paths of what was removed
  public Future<List<String>> remove() {
    Proc proc = shared.transactions().register(0, TEMPLATE);
    Xact xact = shared.transactions().begin(proc, IsolationLevel.READ_COMMITTED, true);
    return databases(xact)
        .compose(databases -> remove(databases, xact))
        .eventually(() -> xact.abort().onComplete(ended -> shared.transactions().unregister(proc)))
        .map(ignored -> removed);
  }

  private CatalogReader reader(int database, Xact xact) {
    SystemRelations relations = new SystemRelations(database, virtuals);
    return new CatalogReader(new CatalogTables(database, relations, files), xact);
  }

  private Future<Set<Integer>> databases(Xact xact) {
    return Retry.call(() -> {
      Set<Integer> oids = new HashSet<>();
      for (CatalogRow row : reader(TEMPLATE, xact).scan("pg_database", row -> true)) {
        oids.add(row.oid("oid"));
      }
      return oids;
    });
  }

  private Future<Void> remove(Set<Integer> databases, Xact xact) {
    // A cluster without a database has lost its catalog.
    Future<Void> done = Future.succeededFuture();
    if (!databases.isEmpty()) {
      done = databaseFiles.removeOthers(databases).onSuccess(removed::addAll).mapEmpty();
    }
    for (int database : databases) {
      done = done.compose(ignored -> removeIn(database, xact));
    }
    return done;
  }

  /// A database whose catalog cannot be read is left as it is: its sessions will be told.
  private Future<Void> removeIn(int database, Xact xact) {
    CatalogReader reader = reader(database, xact);
    return Retry.call(() -> StoredRelation.all(reader))
        .compose(stored -> {
          Set<Long> numbers = new HashSet<>();
          stored.forEach(relation -> numbers.add(relation.file().relNumber()));
          return isWhole(database, numbers)
              ? removeOthers("base/" + Integer.toUnsignedString(database), numbers)
              : Future.<Void>succeededFuture();
        })
        .otherwiseEmpty();
  }

  private boolean isWhole(int database, Set<Long> numbers) {
    return new SystemRelations(database, virtuals)
        .all().stream()
            .filter(relation -> relation.locator() != null)
            .allMatch(relation -> numbers.contains(relation.file().relNumber()));
  }

  private Future<Void> removeOthers(String directory, Set<Long> numbers) {
    return disk.list(directory)
        .compose(names -> {
          Future<Void> done = Future.succeededFuture();
          boolean any = false;
          for (String name : names) {
            Matcher file = RELATION_FILE.matcher(name);
            if (file.matches()
                && Long.parseLong(file.group(1)) >= SystemOids.FIRST_NORMAL
                && !numbers.contains(Long.parseLong(file.group(1)))) {
              any = true;
              String path = directory + "/" + name;
              removed.add(path);
              done = done.compose(ignored -> disk.delete(path));
            }
          }
          return any ? done.compose(ignored -> disk.syncDirectory(directory)) : done;
        });
  }
}
