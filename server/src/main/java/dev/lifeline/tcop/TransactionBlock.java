package dev.lifeline.tcop;

import dev.lifeline.access.transam.IsolationLevel;
import dev.lifeline.executor.Statement;
import dev.lifeline.tcop.TransactionCommand.Begin;
import dev.lifeline.tcop.TransactionCommand.Commit;
import dev.lifeline.tcop.TransactionCommand.FinishPrepared;
import dev.lifeline.tcop.TransactionCommand.Modes;
import dev.lifeline.tcop.TransactionCommand.Prepare;
import dev.lifeline.tcop.TransactionCommand.Release;
import dev.lifeline.tcop.TransactionCommand.Rollback;
import dev.lifeline.tcop.TransactionCommand.RollbackTo;
import dev.lifeline.tcop.TransactionCommand.Savepoint;
import dev.lifeline.tcop.TransactionCommand.SetSnapshot;
import dev.lifeline.tcop.TransactionCommand.SetTransaction;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.GucSession;
import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// What a client sees of its transaction: the block that BEGIN opens, the implicit ones around
/// statements outside of it, and its savepoints.
///
/// ```text
/// NONE      -- a statement begins                         --> STARTED
/// STARTED   -- it ends                                    --> NONE (committed)
/// STARTED   -- it turns out to be one of several          --> IMPLICIT
/// IMPLICIT  -- the last of them ends                      --> NONE (committed)
/// STARTED, IMPLICIT -- BEGIN                              --> BLOCK
/// BLOCK     -- COMMIT, ROLLBACK                           --> NONE (ended), or BLOCK by AND CHAIN
/// BLOCK     -- an error                                   --> FAILED (rolled back to the innermost
///                                                             savepoint, or altogether)
/// FAILED    -- ROLLBACK TO a savepoint                    --> BLOCK
/// FAILED    -- COMMIT, ROLLBACK                           --> NONE (rolled back)
/// STARTED, IMPLICIT -- an error                           --> NONE (rolled back)
/// ```
final class TransactionBlock {
  /// See the transitions above.
  private enum State {
    NONE,
    STARTED,
    IMPLICIT,
    BLOCK,
    FAILED
  }

  /// Who must know of the ends.
  interface Listener {
    default void transactionStarted() {}

    /// The commit is not durable yet.
    default void waitsForCommit() {}

    /// Before the commit: what still has to read or write in the transaction.
    default Future<Void> beforeCommit() {
      return Future.succeededFuture();
    }

    void transactionEnded(boolean committed);

    /// The subtransaction at this depth, from 1, became part of the one around it.
    default void subtransactionCommitted(int depth) {}

    /// The subtransaction at this depth, from 1, was undone.
    void subtransactionAborted(int depth);

    default void notice(PgException notice) {}
  }

  /// Statements that only look at the session's parameters.
  private static final Set<String> WITHOUT_SNAPSHOT = Set.of("SET", "RESET", "SHOW");

  private final SessionTransaction transaction;
  private final GucSession gucs;
  private final Interrupts interrupts;
  private final Listener listener;

  /// The names of the open savepoints, the innermost last. In [State#FAILED] the innermost one's
  /// subtransaction is undone already.
  private final List<String> savepoints = new ArrayList<>(0);

  /// The modes that the transaction had when each savepoint was set: they are back when it ends,
  /// whichever way.
  private final List<Modes> modesBefore = new ArrayList<>(0);

  private State state = State.NONE;
  private boolean queried;

  TransactionBlock(
      SessionTransaction transaction, GucSession gucs, Interrupts interrupts, Listener listener) {
    this.transaction = transaction;
    this.gucs = gucs;
    this.interrupts = interrupts;
    this.listener = listener;
  }

  /// What ReadyForQuery tells.
  char status() {
    return switch (state) {
      case NONE, STARTED, IMPLICIT -> 'I';
      case BLOCK -> 'T';
      case FAILED -> 'E';
    };
  }

  boolean failed() {
    return state == State.FAILED;
  }

  /// Whether there is more to this transaction than one statement.
  boolean inBlock() {
    return state == State.IMPLICIT || state == State.BLOCK || state == State.FAILED;
  }

  /// Whether the client has opened it.
  boolean explicit() {
    return state == State.BLOCK || state == State.FAILED;
  }

  /// How many savepoints are open.
  int depth() {
    return savepoints.size();
  }

  /// A statement runs; if it is one that takes a snapshot, the modes are fixed from now on.
  void runs(Statement statement) {
    queried = queried || !WITHOUT_SNAPSHOT.contains(statement.commandName());
  }

  /// Sees to it that there is a transaction for the next statement.
  void start() {
    if (state == State.NONE) {
      begin(new Modes(null, null, null));
      state = State.STARTED;
    }
  }

  /// The statement is one of several.
  void startImplicit() {
    if (state == State.STARTED) {
      state = State.IMPLICIT;
    }
  }

  /// A statement has ended well, and was the last one of its message: commits what is implicit.
  Future<Void> finish() {
    return state == State.STARTED || state == State.IMPLICIT ? commit() : Future.succeededFuture();
  }

  /// A statement has failed.
  Future<Void> fail() {
    return switch (state) {
      case NONE, FAILED -> Future.succeededFuture();
      case STARTED, IMPLICIT -> rollback();
      case BLOCK -> {
        state = State.FAILED;
        if (savepoints.isEmpty()) {
          yield abort();
        }
        abortInnermost();
        yield Future.succeededFuture();
      }
    };
  }

  /// The session ends: rolls back what is open.
  Future<Void> close() {
    return state == State.NONE ? Future.succeededFuture() : rollback();
  }

  /// Refuses what a failed transaction does not take any more.
  void checkAllowed(ParsedStatement statement) {
    if (state == State.FAILED && !statement.allowedInFailedTransaction()) {
      throw inFailedTransaction();
    }
  }

  static PgException inFailedTransaction() {
    return PgException.error(
        SqlState.IN_FAILED_SQL_TRANSACTION,
        "current transaction is aborted, commands ignored until end of transaction block");
  }

  /// Carries out a transaction statement, for which [#start] was called.
  ///
  /// @return the command tag
  Future<String> execute(TransactionCommand command) {
    try {
      return switch (command) {
        case Begin begin -> begin(begin);
        case Commit commit -> commit(commit);
        case Rollback rollback -> rollback(rollback);
        case Savepoint savepoint -> savepoint(savepoint);
        case Release release -> release(release);
        case RollbackTo rollbackTo -> rollbackTo(rollbackTo);
        case SetTransaction set -> setTransaction(set);
        case SetSnapshot set -> setSnapshot(set);
        case Prepare prepare -> prepare();
        case FinishPrepared finish -> finishPrepared(finish);
      };
    } catch (PgException e) {
      return Future.failedFuture(e);
    }
  }

  private Future<String> begin(Begin command) {
    if (state == State.BLOCK) {
      warn(SqlState.ACTIVE_SQL_TRANSACTION, "there is already a transaction in progress");
    }
    setModes(command.modes());
    state = State.BLOCK;
    return Future.succeededFuture(command.tag());
  }

  private Future<String> commit(Commit command) {
    checkChain(command.chain(), "COMMIT AND CHAIN");
    Modes modes = currentModes();
    boolean explicit = explicit();
    if (!explicit) {
      warnNoTransaction();
    }
    if (state == State.FAILED) {
      return rollback().map(ended -> chain(command.chain(), modes, "ROLLBACK"));
    }
    return commit().map(ended -> chain(command.chain(), modes, command.tag()));
  }

  private Future<String> rollback(Rollback command) {
    checkChain(command.chain(), "ROLLBACK AND CHAIN");
    Modes modes = currentModes();
    if (!explicit()) {
      warnNoTransaction();
    }
    return rollback().map(ended -> chain(command.chain(), modes, command.tag()));
  }

  /// There are none, as in PostgreSQL with its default of `max_prepared_transactions` = 0.
  private Future<String> prepare() {
    if (!explicit()) {
      warnNoTransaction();
      return rollback().map("ROLLBACK");
    }
    if (state == State.FAILED) {
      return rollback().map("ROLLBACK");
    }
    return rollback()
        .compose(undone ->
            Future.failedFuture(
                PgException.error(
                        SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                        "prepared transactions are disabled")
                    .hint("Set max_prepared_transactions to a nonzero value.")));
  }

  private Future<String> finishPrepared(FinishPrepared command) {
    if (inBlock()) {
      throw PgException.error(
          SqlState.ACTIVE_SQL_TRANSACTION,
          "%s cannot run inside a transaction block",
          command.tag());
    }
    throw PgException.error(
        SqlState.UNDEFINED_OBJECT,
        "prepared transaction with identifier \"%s\" does not exist",
        command.identifier());
  }

  private void checkChain(boolean chain, String statement) {
    if (chain) {
      requireBlock(statement);
    }
  }

  private String chain(boolean chain, Modes modes, String tag) {
    if (chain) {
      begin(modes);
      state = State.BLOCK;
    }
    return tag;
  }

  private Future<String> savepoint(Savepoint command) {
    requireBlock("SAVEPOINT");
    openSavepoint(command.name());
    return Future.succeededFuture(command.tag());
  }

  private void openSavepoint(String name) {
    transaction.beginSub();
    gucs.beginLevel();
    savepoints.add(name);
    modesBefore.add(currentModes());
  }

  private Future<String> release(Release command) {
    requireBlock("RELEASE SAVEPOINT");
    int at = find(command.name());
    while (savepoints.size() > at) {
      transaction.commitSub();
      gucs.commitLevel();
      listener.subtransactionCommitted(savepoints.size());
      forgetInnermost();
    }
    return Future.succeededFuture(command.tag());
  }

  private Future<String> rollbackTo(RollbackTo command) {
    requireBlock("ROLLBACK TO SAVEPOINT");
    int at = find(command.name());
    String name = savepoints.get(at);
    boolean innermostIsUndone = state == State.FAILED;
    while (savepoints.size() > at) {
      if (!innermostIsUndone) {
        abortInnermost();
      }
      innermostIsUndone = false;
      forgetInnermost();
    }
    openSavepoint(name);
    state = State.BLOCK;
    return Future.succeededFuture(command.tag());
  }

  private void forgetInnermost() {
    savepoints.removeLast();
    if (tellModes(modesBefore.removeLast())) {
      transaction.setModes(isolation(), gucs.isOn(Gucs.TRANSACTION_READ_ONLY));
    }
  }

  private int find(String name) {
    int at = savepoints.lastIndexOf(name);
    if (at < 0) {
      throw PgException.error(
          SqlState.S_E_INVALID_SPECIFICATION, "savepoint \"%s\" does not exist", name);
    }
    return at;
  }

  private void requireBlock(String statement) {
    if (!explicit()) {
      throw PgException.error(
          SqlState.NO_ACTIVE_SQL_TRANSACTION,
          "%s can only be used in transaction blocks",
          statement);
    }
  }

  private Future<String> setTransaction(SetTransaction command) {
    if (!inBlock()) {
      warn(
          SqlState.NO_ACTIVE_SQL_TRANSACTION,
          "SET TRANSACTION can only be used in transaction blocks");
    }
    setModes(command.modes());
    return Future.succeededFuture(command.tag());
  }

  private Future<String> setSnapshot(SetSnapshot command) {
    if (!inBlock()) {
      throw PgException.error(
          SqlState.NO_ACTIVE_SQL_TRANSACTION,
          "SET TRANSACTION SNAPSHOT can only be used in transaction blocks");
    }
    if (queried || !savepoints.isEmpty()) {
      throw PgException.error(
          SqlState.ACTIVE_SQL_TRANSACTION,
          "SET TRANSACTION SNAPSHOT must be called before any query");
    }
    if (isolation() != IsolationLevel.REPEATABLE_READ) {
      throw PgException.error(
          SqlState.FEATURE_NOT_SUPPORTED,
          "a snapshot-importing transaction must have isolation level SERIALIZABLE or REPEATABLE"
              + " READ");
    }
    transaction.importSnapshot(command.name());
    return Future.succeededFuture(command.tag());
  }

  private void setModes(Modes modes) {
    String isolation = modes.isolation();
    boolean otherIsolation =
        isolation != null && !isolation.equals(gucs.get(Gucs.TRANSACTION_ISOLATION));
    if (otherIsolation && queried) {
      throw PgException.error(
          SqlState.ACTIVE_SQL_TRANSACTION,
          "SET TRANSACTION ISOLATION LEVEL must be called before any query");
    }
    if (otherIsolation && !savepoints.isEmpty()) {
      throw PgException.error(
          SqlState.ACTIVE_SQL_TRANSACTION,
          "SET TRANSACTION ISOLATION LEVEL must not be called in a subtransaction");
    }
    Boolean readOnly = modes.readOnly();
    if (readOnly != null && !readOnly && gucs.isOn(Gucs.TRANSACTION_READ_ONLY) && queried) {
      throw PgException.error(
          SqlState.ACTIVE_SQL_TRANSACTION,
          "transaction read-write mode must be set before any query");
    }
    if (modes.deferrable() != null && queried) {
      throw PgException.error(
          SqlState.ACTIVE_SQL_TRANSACTION,
          "SET TRANSACTION [NOT] DEFERRABLE must be called before any query");
    }
    boolean changed = tellModes(modes);
    if (changed) {
      transaction.setModes(isolation(), gucs.isOn(Gucs.TRANSACTION_READ_ONLY));
    }
  }

  /// Makes SHOW tell the modes; returns whether any is another one now.
  private boolean tellModes(Modes modes) {
    int before = gucs.generation();
    String isolation = modes.isolation();
    if (isolation != null && !isolation.equals(gucs.get(Gucs.TRANSACTION_ISOLATION))) {
      checkSupported(isolation);
      gucs.override(Gucs.TRANSACTION_ISOLATION, isolation);
    }
    Boolean readOnly = modes.readOnly();
    if (readOnly != null && !readOnly.equals(gucs.get(Gucs.TRANSACTION_READ_ONLY))) {
      gucs.override(Gucs.TRANSACTION_READ_ONLY, readOnly);
    }
    Boolean deferrable = modes.deferrable();
    if (deferrable != null && !deferrable.equals(gucs.get(Gucs.TRANSACTION_DEFERRABLE))) {
      gucs.override(Gucs.TRANSACTION_DEFERRABLE, deferrable);
    }
    return gucs.generation() != before;
  }

  private static void checkSupported(String isolation) {
    if (isolation.equals("serializable")) {
      throw PgException.notSupported("transaction isolation level SERIALIZABLE");
    }
  }

  private IsolationLevel isolation() {
    return gucs.get(Gucs.TRANSACTION_ISOLATION).equals("repeatable read")
        ? IsolationLevel.REPEATABLE_READ
        : IsolationLevel.READ_COMMITTED;
  }

  private Modes currentModes() {
    return new Modes(
        gucs.get(Gucs.TRANSACTION_ISOLATION),
        gucs.get(Gucs.TRANSACTION_READ_ONLY),
        gucs.get(Gucs.TRANSACTION_DEFERRABLE));
  }

  /// Begins a transaction with these modes, and the session's defaults where they do not say.
  private void begin(Modes modes) {
    String isolation = modes.isolation();
    Boolean readOnly = modes.readOnly();
    Boolean deferrable = modes.deferrable();
    tellModes(
        new Modes(
            isolation != null ? isolation : gucs.get(Gucs.DEFAULT_TRANSACTION_ISOLATION),
            readOnly != null ? readOnly : gucs.get(Gucs.DEFAULT_TRANSACTION_READ_ONLY),
            deferrable != null ? deferrable : gucs.get(Gucs.DEFAULT_TRANSACTION_DEFERRABLE)));
    transaction.begin(isolation(), gucs.isOn(Gucs.TRANSACTION_READ_ONLY));
    gucs.beginLevel();
    queried = false;
    listener.transactionStarted();
  }

  private Future<Void> commit() {
    Future<Void> fired = transaction.beforeCommit();
    Future<Void> prepared =
        fired.succeeded()
            ? listener.beforeCommit()
            : fired.compose(done -> listener.beforeCommit());
    return prepared.succeeded()
        ? commitNow()
        : prepared
            .recover(failure -> rollback().compose(undone -> Future.failedFuture(failure)))
            .compose(done -> commitNow());
  }

  private Future<Void> commitNow() {
    interrupts.hold();
    Future<Void> committed = transaction.commit();
    if (!committed.isComplete()) {
      listener.waitsForCommit();
    }
    return committed.onComplete(done -> {
      interrupts.release();
      ended(done.succeeded());
    });
  }

  /// Rolls back all of it; what a failed block without savepoints leaves is only its name.
  private Future<Void> rollback() {
    if (state == State.FAILED && savepoints.isEmpty()) {
      state = State.NONE;
      return Future.succeededFuture();
    }
    return abort().onComplete(done -> state = State.NONE);
  }

  private Future<Void> abort() {
    interrupts.hold();
    State during = state;
    return transaction
        .abort()
        .onComplete(done -> {
          interrupts.release();
          ended(false);
          state = during;
        });
  }

  private void ended(boolean committed) {
    boolean innermostIsUndone = state == State.FAILED && !savepoints.isEmpty();
    int levels = savepoints.size() + (innermostIsUndone ? 0 : 1);
    for (int i = 0; i < levels; i++) {
      if (committed) {
        gucs.commitLevel();
      } else {
        gucs.rollbackLevel();
      }
    }
    savepoints.clear();
    modesBefore.clear();
    state = State.NONE;
    listener.transactionEnded(committed);
  }

  /// Undoes the innermost subtransaction; its name stays.
  private void abortInnermost() {
    transaction.abortSub();
    gucs.rollbackLevel();
    listener.subtransactionAborted(savepoints.size());
  }

  private void warnNoTransaction() {
    warn(SqlState.NO_ACTIVE_SQL_TRANSACTION, "there is no transaction in progress");
  }

  private void warn(SqlState sqlState, String message) {
    listener.notice(new PgException(Severity.WARNING, sqlState, message));
  }
}
