package dev.lifeline.catalog;

import dev.lifeline.access.SharedMemory;
import dev.lifeline.access.transam.CheckpointRequest;
import dev.lifeline.access.transam.IsolationLevel;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.events.Subject;
import dev.lifeline.storage.ipc.Proc;
import dev.lifeline.storage.lmgr.LockOwner;
import dev.lifeline.storage.smgr.RelFileLocator;
import dev.lifeline.utils.Timers;
import dev.lifeline.utils.guc.GucSession;
import dev.lifeline.utils.guc.ServerConfig;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes the catalogs of a new cluster: `template1` by hand, `template0` and `postgres` as copies
/// of it. It is the second part of initdb, after the files of [dev.lifeline.access.Initdb], and
/// runs as the only session of a server that was just started on them.
///
/// All of it is two transactions and a checkpoint: a crash before their end leaves a cluster
/// without databases, which initdb refuses to go on with.
public final class Bootstrap {
  static final int TEMPLATE1 = 1;
  static final int TEMPLATE0 = 4;
  static final int POSTGRES = 5;

  private final Catalogs catalogs;
  private final String superuser;
  private final @Nullable String verifier;
  private final Timers timers;

  /// @param superuser the name of the first role
  /// @param verifier its password's SCRAM verifier, or null
  public Bootstrap(Catalogs catalogs, Timers timers, String superuser, @Nullable String verifier) {
    this.catalogs = catalogs;
    this.timers = timers;
    this.superuser = superuser;
    this.verifier = verifier;
  }

  public Future<Void> run() {
    SharedMemory shared = catalogs.shared();
    Proc proc = shared.transactions().register(1, TEMPLATE1);
    LockOwner owner = catalogs.locks().attach(1, new Subject("bootstrap", 1), timers);
    return catalogs
        .databaseFiles()
        .createDirectory(TEMPLATE1)
        .compose(ignored -> inTransaction(proc, owner, this::makeTemplate))
        .compose(ignored -> inTransaction(proc, owner, this::copyTemplate))
        .eventually(() -> {
          catalogs.locks().detach(owner);
          shared.transactions().unregister(proc);
          return Future.succeededFuture();
        })
        .compose(ignored -> shared.checkpoint(CheckpointRequest.requested()))
        .mapEmpty();
  }

  private interface Work {
    void add(BackendCatalog catalog, Steps steps);
  }

  private Future<Void> inTransaction(Proc proc, LockOwner owner, Work work) {
    Xact xact = catalogs.shared().transactions().begin(proc, IsolationLevel.READ_COMMITTED, false);
    BackendCatalog catalog = catalogs.session(new Client(xact, owner));
    Steps steps = new Steps();
    work.add(catalog, steps);
    return steps.toFuture().compose(ignored -> xact.commit());
  }

  /// The session of the bootstrap: the superuser, in `template1`.
  private record Client(Xact xact, LockOwner lockOwner) implements CatalogClient {
    @Override
    public int pid() {
      return 1;
    }

    @Override
    public int databaseOid() {
      return TEMPLATE1;
    }

    @Override
    public int userOid() {
      return SystemOids.BOOTSTRAP_SUPERUSER;
    }

    @Override
    public GucSession gucs() {
      return new GucSession(ServerConfig::defaults);
    }
  }

  private void makeTemplate(BackendCatalog catalog, Steps steps) {
    CatalogWriter writer = catalog.writer(steps);
    List<Relation> system = catalog.systemRelations();
    for (Relation relation : system) {
      if (relation.locator() != null) {
        createFiles(relation, writer);
      }
    }
    for (Relation relation : system) {
      new BootstrapRows(writer, superuser).relation(relation);
    }
    BootstrapRows rows = new BootstrapRows(writer, superuser);
    rows.roles(verifier);
    rows.namespaces();
    rows.database(TEMPLATE1, "template1", true, true, "default template for new databases");
  }

  private void createFiles(Relation relation, CatalogWriter writer) {
    SharedMemory shared = catalogs.shared();
    writer.steps().add(() -> shared.storage().create(writer.xact(), relation.file()));
    for (Relation.Index index : relation.indexes()) {
      createIndexFile(index.locator(), writer);
    }
    Relation.Toast toast = relation.toast();
    if (toast != null) {
      writer.steps().add(() -> shared.storage().create(writer.xact(), toast.locator()));
      createIndexFile(toast.index().locator(), writer);
    }
  }

  private void createIndexFile(RelFileLocator file, CatalogWriter writer) {
    writer.steps().add(() -> catalogs.shared().storage().create(writer.xact(), file));
    writer.steps().add(() -> catalogs.files().btree().initialize(writer.xact(), file));
  }

  private void copyTemplate(BackendCatalog catalog, Steps steps) {
    CatalogWriter writer = catalog.writer(steps);
    DatabaseWriter databases = new DatabaseWriter(writer);
    databases.copyFiles(TEMPLATE1, TEMPLATE0);
    databases.copyFiles(TEMPLATE1, POSTGRES);
    BootstrapRows rows = new BootstrapRows(writer, superuser);
    rows.database(TEMPLATE0, "template0", true, false, "unmodifiable empty database");
    rows.database(POSTGRES, "postgres", false, true, "default administrative connection database");
  }
}
