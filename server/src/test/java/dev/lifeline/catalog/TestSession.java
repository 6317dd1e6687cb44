package dev.lifeline.catalog;

import dev.lifeline.access.transam.IsolationLevel;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.events.Subject;
import dev.lifeline.executor.CopySink;
import dev.lifeline.executor.CopySource;
import dev.lifeline.executor.DestReceiver;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.parser.Parser;
import dev.lifeline.parser.tree.RawStmt;
import dev.lifeline.storage.ipc.Proc;
import dev.lifeline.storage.lmgr.LockOwner;
import dev.lifeline.utils.Clock;
import dev.lifeline.utils.Timers;
import dev.lifeline.utils.adt.ByteWriter;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.guc.GucSession;
import dev.lifeline.utils.guc.ServerConfig;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/// A session that the test's thread drives: statements in transactions of their own or in a block.
@NullUnmarked
public final class TestSession implements SessionContext {
  private final TestServer server;
  private final int pid;
  private final String databaseName;
  private final String userName;
  private final Proc proc;
  private final LockOwner lockOwner;
  private final GucSession gucs = new GucSession(ServerConfig::defaults);
  private final EvalContext evalContext;
  private final BackendCatalog catalog;
  private final int databaseOid;
  private final int userOid;
  private final List<Integer> marks = new ArrayList<>();
  private @Nullable Xact xact;
  private boolean block;
  private boolean open = true;

  final List<String> notices = new ArrayList<>();
  final List<String> rows = new ArrayList<>();
  final Deque<Buffer> copyData = new ArrayDeque<>();
  final StringBuilder copied = new StringBuilder();

  TestSession(TestServer server, int pid, String database, String role) {
    this.server = server;
    this.pid = pid;
    this.databaseName = database;
    this.userName = role;
    Subject subject = new Subject("client backend", pid);
    this.proc = server.shared.transactions().register(subject, 1);
    this.lockOwner = server.shared.locks().attach(pid, subject, server.time);
    proc.setLockOwner(lockOwner);
    this.xact = begin(IsolationLevel.READ_COMMITTED);
    BackendCatalog login = server.catalogs.session(new Login(this));
    this.databaseOid =
        Objects.requireNonNull(server.run(() -> login.database(database)), database).oid();
    this.userOid = Objects.requireNonNull(server.run(() -> login.role(role)), role).oid();
    commit();
    this.catalog = server.catalogs.session(this);
    this.evalContext =
        new EvalContext(server.time, new TestHooks(this), new CatalogFunctions(catalog));
  }

  /// What looks up role and database, before the session knows them.
  private record Login(TestSession session) implements CatalogClient {
    @Override
    public int pid() {
      return session.pid;
    }

    @Override
    public int databaseOid() {
      return 1;
    }

    @Override
    public int userOid() {
      return 10;
    }

    @Override
    public Xact xact() {
      return session.xact();
    }

    @Override
    public LockOwner lockOwner() {
      return session.lockOwner;
    }

    @Override
    public GucSession gucs() {
      return session.gucs;
    }
  }

  private Xact begin(IsolationLevel isolation) {
    return server.shared.transactions().begin(proc, isolation, false);
  }

  public boolean open() {
    return open;
  }

  public void close() {
    if (xact != null) {
      rollback();
    }
    server.shared.locks().detach(lockOwner);
    server.shared.transactions().unregister(proc);
    open = false;
  }

  /// Runs statements; each in a transaction of its own unless there is a block.
  public String exec(String sql) {
    String tag = "";
    for (RawStmt statement : Parser.parse(sql)) {
      tag = exec(statement, sql);
    }
    return tag;
  }

  private String exec(RawStmt statement, String sql) {
    boolean own = !block;
    if (own) {
      xact = begin(IsolationLevel.READ_COMMITTED);
    }
    notices.clear();
    rows.clear();
    try {
      String tag = server.await(start(statement, sql));
      xact().nextCommand();
      if (own) {
        commit();
      }
      return tag;
    } catch (PgException e) {
      if (own) {
        rollback();
      }
      throw e;
    }
  }

  /// Begins to run a statement; another session may have to do something for it to end.
  public Future<String> start(String sql) {
    if (!block) {
      xact = begin(IsolationLevel.READ_COMMITTED);
    }
    return start(Parser.parse(sql).getFirst(), sql);
  }

  private Future<String> start(RawStmt statement, String sql) {
    DestReceiver destination =
        (batch, from, to) -> {
          for (int row = from; row < to; row++) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < batch.width(); i++) {
              line.append(i == 0 ? "" : "|").append(batch.column(i).getObject(row));
            }
            rows.add(line.toString());
          }
          return null;
        };
    return server.utility().execute(statement, sql, this, destination);
  }

  public void beginBlock() {
    xact = begin(IsolationLevel.READ_COMMITTED);
    block = true;
  }

  public void commit() {
    server.await(xact().commit());
    end();
  }

  public void rollback() {
    server.await(xact().abort());
    end();
  }

  private void end() {
    server.shared.locks().releaseAll(lockOwner);
    xact = null;
    block = false;
  }

  public void savepoint() {
    marks.add(server.shared.locks().mark(lockOwner));
    xact().beginSub();
  }

  public void rollbackToSavepoint() {
    xact().abortSub();
    server.shared.locks().releaseTo(lockOwner, marks.removeLast());
  }

  /// Looks into the catalogs, in a transaction of its own unless there is a block.
  public <T> T look(java.util.function.Function<BackendCatalog, T> lookup) {
    boolean own = xact == null;
    if (own) {
      xact = begin(IsolationLevel.READ_COMMITTED);
    }
    T found = server.run(() -> lookup.apply(catalog));
    if (own) {
      commit();
    }
    return found;
  }

  public @Nullable Relation relation(String name) {
    return look(c -> java.util.Optional.ofNullable(c.find(null, name))).orElse(null);
  }

  @Override
  public int pid() {
    return pid;
  }

  @Override
  public int databaseOid() {
    return databaseOid;
  }

  @Override
  public String databaseName() {
    return databaseName;
  }

  @Override
  public int userOid() {
    return userOid;
  }

  @Override
  public String userName() {
    return userName;
  }

  @Override
  public boolean superuser() {
    return catalog.superuser();
  }

  @Override
  public BackendCatalog catalog() {
    return catalog;
  }

  @Override
  public GucSession gucs() {
    return gucs;
  }

  @Override
  public Xact xact() {
    return Objects.requireNonNull(xact, "no transaction");
  }

  @Override
  public LockOwner lockOwner() {
    return lockOwner;
  }

  @Override
  public EvalContext evalContext() {
    return evalContext;
  }

  @Override
  public Clock clock() {
    return server.time;
  }

  @Override
  public Timers timers() {
    return server.time;
  }

  @Override
  public long statementTimestamp() {
    return server.time.epochMicros();
  }

  @Override
  public void notice(PgException notice) {
    notices.add(notice.severity() + ":  " + notice.message());
  }

  @Override
  public void discardStatements() {}

  @Override
  public void checkForInterrupts() {}

  @Override
  public <T> Future<T> interruptible(Future<T> wait) {
    return wait;
  }

  @Override
  public boolean inTransactionBlock() {
    return block;
  }

  @Override
  public Future<Void> restartTransaction() {
    return xact()
        .commit()
        .onSuccess(_ -> {
          server.shared.locks().releaseAll(lockOwner);
          xact = begin(IsolationLevel.READ_COMMITTED);
        });
  }

  @Override
  public CopySource copyIn(int columns, boolean binary) {
    return () -> Future.succeededFuture(copyData.poll());
  }

  @Override
  public CopySink copyOut(int columns, boolean binary) {
    return new CopySink() {
      @Override
      public void send(ByteWriter row) {
        copied.append(new String(row.toBytes(), StandardCharsets.UTF_8));
      }

      @Override
      public @Nullable Future<Void> room() {
        return null;
      }

      @Override
      public void end() {}
    };
  }
}
