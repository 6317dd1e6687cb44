package dev.lifeline.catalog;

import dev.lifeline.access.EngineConfig;
import dev.lifeline.access.EngineEnvironment;
import dev.lifeline.access.Initdb;
import dev.lifeline.access.MemoryDisk;
import dev.lifeline.access.SharedMemory;
import dev.lifeline.access.StorageFixture;
import dev.lifeline.access.heap.HeapAccess;
import dev.lifeline.access.heap.HeapResourceManager;
import dev.lifeline.access.nbtree.BTreeAccess;
import dev.lifeline.access.nbtree.BTreeResourceManager;
import dev.lifeline.commands.ProcessUtility;
import dev.lifeline.commands.ServerHooks;
import dev.lifeline.events.Emitter;
import dev.lifeline.storage.ipc.Wakeup;
import dev.lifeline.utils.NotYet;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A server without processes and network, on files in memory: engine, catalogs, commands, and
/// sessions that one thread drives. It can crash, and be started again on what it left.
public final class TestServer {
  final StorageFixture.Time time = new StorageFixture.Time();
  final MemoryDisk disk;
  final SharedMemory shared;
  final Catalogs catalogs;
  final List<TestSession> sessions = new ArrayList<>();
  private final ProcessUtility utility;

  private TestServer(MemoryDisk disk) {
    this.disk = disk;
    this.shared =
        SharedMemory.create(
            config(),
            new EngineEnvironment(
                disk,
                time,
                time,
                Wakeup.direct(),
                Emitter.NONE,
                panic -> {
                  throw new AssertionError("PANIC: " + panic.message(), panic);
                }),
            List.of(
                new HeapResourceManager(),
                new BTreeResourceManager(),
                new DatabaseResourceManager()));
    await(shared.recover());
    BTreeAccess btree = new BTreeAccess(new HeapAccess(shared));
    this.catalogs = new Catalogs(disk, btree, shared.locks(), new VirtualTables());
    this.utility = new ProcessUtility(new Hooks());
  }

  private static EngineConfig config() {
    return StorageFixture.config(512);
  }

  /// A new cluster.
  public static TestServer create() {
    MemoryDisk disk = new MemoryDisk();
    Future<?> made = Initdb.run(disk, config(), new StorageFixture.Time(), 1);
    if (!made.succeeded()) {
      throw new AssertionError(made.cause());
    }
    TestServer server = new TestServer(disk);
    server.await(new Bootstrap(server.catalogs, server.time, "postgres", null).run());
    return server;
  }

  /// The server is killed, and started again.
  public TestServer crash() {
    await(shared.abandon());
    return new TestServer(disk.copy());
  }

  /// The server is stopped properly, and started again.
  public TestServer restart() {
    await(shared.checkpoint(dev.lifeline.access.transam.CheckpointRequest.shutdown()));
    return crash();
  }

  public TestSession connect(String database, String role) {
    TestSession session = new TestSession(this, sessions.size() + 100, database, role);
    sessions.add(session);
    return session;
  }

  public TestSession connect() {
    return connect("postgres", "postgres");
  }

  public ProcessUtility utility() {
    return utility;
  }

  /// Runs what is due until the future completes.
  public <T> T await(Future<T> future) {
    // Another thread may have to do it, and may have to wait for a processor first.
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!future.isComplete()) {
      if (!time.runOne(Long.MAX_VALUE)) {
        LockSupport.parkNanos(1_000);
        if (System.nanoTime() > until) {
          throw new AssertionError("never completed");
        }
      }
    }
    if (future.failed()) {
      if (future.cause() instanceof RuntimeException e) {
        throw e;
      }
      throw new AssertionError(future.cause());
    }
    return future.result();
  }

  /// Runs an operation of the storage until it has happened.
  public <T> T run(Supplier<T> operation) {
    while (true) {
      try {
        return operation.get();
      } catch (NotYet notYet) {
        await(notYet.until());
      }
    }
  }

  private final class Hooks implements ServerHooks {
    @Override
    public int otherBackends(int databaseOid, int exceptPid) {
      return (int)
          sessions.stream()
              .filter(s -> s.open() && s.databaseOid() == databaseOid && s.pid() != exceptPid)
              .count();
    }

    @Override
    public void terminateBackends(int databaseOid, int exceptPid) {
      for (TestSession session : sessions) {
        if (session.open() && session.databaseOid() == databaseOid && session.pid() != exceptPid) {
          session.close();
        }
      }
    }

    @Override
    public Future<Void> checkpoint() {
      return shared
          .checkpoint(dev.lifeline.access.transam.CheckpointRequest.requested())
          .mapEmpty();
    }

    @Override
    public Future<Void> alterSystem(String name, @Nullable String value) {
      return Future.succeededFuture();
    }
  }
}
