package dev.lifeline.tcop;

import dev.lifeline.access.transam.IsolationLevel;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.catalog.SessionCatalog;
import dev.lifeline.executor.async.NotificationQueue;
import dev.lifeline.storage.lmgr.LockManager;
import dev.lifeline.storage.lmgr.LockOwner;
import dev.lifeline.utils.activity.DatabaseCounters;
import dev.lifeline.utils.adt.CatalogHooks;
import dev.lifeline.utils.adt.EnumLabels;
import dev.lifeline.utils.error.PgException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Transactions without a storage: written down, and checked to begin and end in turn.
final class FakeTransactions implements SessionTransaction, SessionServices {
  final DatabaseCounters counters = new DatabaseCounters();
  final List<String> calls = new ArrayList<>();
  final NotificationQueue notifications = new NotificationQueue();
  int depth;
  boolean open;
  boolean closed;

  /// What commits wait for and end with; null: at once and well.
  @Nullable Promise<Void> commit;

  @Override
  public void begin(IsolationLevel isolation, boolean readOnly) {
    check(!open);
    open = true;
    depth = 0;
    calls.add(
        "begin"
            + (isolation == IsolationLevel.REPEATABLE_READ ? " rr" : "")
            + (readOnly ? " ro" : ""));
  }

  @Override
  public Future<Void> commit() {
    check(open);
    calls.add("commit");
    Promise<Void> wait = commit;
    Future<Void> done = wait == null ? Future.succeededFuture() : wait.future();
    return done.onComplete(ended -> open = false);
  }

  @Override
  public Future<Void> abort() {
    check(open);
    open = false;
    calls.add("abort");
    return Future.succeededFuture();
  }

  @Override
  public void beginSub() {
    check(open);
    calls.add("sub " + ++depth);
  }

  @Override
  public void commitSub() {
    check(open && depth > 0);
    calls.add("release " + depth--);
  }

  @Override
  public void abortSub() {
    check(open && depth > 0);
    calls.add("undo " + depth--);
  }

  @Override
  public void setModes(IsolationLevel isolation, boolean readOnly) {
    calls.add("modes " + isolation + (readOnly ? " ro" : " rw"));
  }

  @Override
  public void close() {
    check(!open);
    closed = true;
  }

  @Override
  public NotificationQueue notifications() {
    return notifications;
  }

  private static void check(boolean fine) {
    if (!fine) {
      throw new AssertionError("transactions out of turn");
    }
  }

  @Override
  public SessionTransaction transaction() {
    return this;
  }

  @Override
  public Xact xact() {
    throw new UnsupportedOperationException();
  }

  @Override
  public DatabaseCounters counters() {
    return counters;
  }

  @Override
  public LockOwner lockOwner() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void statementBegins() {}

  @Override
  public LockManager locks() {
    throw new UnsupportedOperationException();
  }

  @Override
  public SessionCatalog catalog() {
    throw new UnsupportedOperationException();
  }

  @Override
  public CatalogHooks catalogHooks() {
    return new NoCatalog();
  }

  @Override
  public void cancelWait(PgException reason) {}

  private static final class NoCatalog implements CatalogHooks {
    @Override
    public @Nullable String relationName(int oid) {
      return null;
    }

    @Override
    public int relationOid(List<String> names) {
      return 0;
    }

    @Override
    public @Nullable String namespaceName(int oid) {
      return null;
    }

    @Override
    public int namespaceOid(String name) {
      return 0;
    }

    @Override
    public @Nullable String roleName(int oid) {
      return null;
    }

    @Override
    public int roleOid(String name) {
      return 0;
    }

    @Override
    public @Nullable String userTypeName(int oid) {
      return null;
    }

    @Override
    public EnumLabels enumLabels(int typeOid) {
      return new EnumLabels(List.of());
    }

    @Override
    public int userTypeOid(List<String> names) {
      return 0;
    }

    @Override
    public @Nullable Object catalogFunction(String name, List<@Nullable Object> arguments) {
      return null;
    }
  }
}
