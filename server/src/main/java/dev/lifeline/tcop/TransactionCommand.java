package dev.lifeline.tcop;

import org.jspecify.annotations.Nullable;

/// The statements that a session carries out itself, because they are about its transaction.
public sealed interface TransactionCommand {
  /// The command tag when it does what it says; a COMMIT of a failed transaction says ROLLBACK.
  String tag();

  /// Whether it is allowed in a transaction that has failed.
  default boolean endsFailedTransaction() {
    return false;
  }

  /// The modes of a transaction; null where the statement does not say.
  ///
  /// @param isolation `read uncommitted`, `read committed`, `repeatable read` or `serializable`
  record Modes(
      @Nullable String isolation, @Nullable Boolean readOnly, @Nullable Boolean deferrable) {}

  /// `BEGIN`, `START TRANSACTION`.
  ///
  /// @param tag the two differ in it
  record Begin(String tag, Modes modes) implements TransactionCommand {}

  /// `COMMIT`, `END`.
  record Commit(boolean chain) implements TransactionCommand {
    @Override
    public String tag() {
      return "COMMIT";
    }

    @Override
    public boolean endsFailedTransaction() {
      return true;
    }
  }

  /// `ROLLBACK`, `ABORT`.
  record Rollback(boolean chain) implements TransactionCommand {
    @Override
    public String tag() {
      return "ROLLBACK";
    }

    @Override
    public boolean endsFailedTransaction() {
      return true;
    }
  }

  /// `SAVEPOINT name`.
  record Savepoint(String name) implements TransactionCommand {
    @Override
    public String tag() {
      return "SAVEPOINT";
    }
  }

  /// `RELEASE SAVEPOINT name`.
  record Release(String name) implements TransactionCommand {
    @Override
    public String tag() {
      return "RELEASE";
    }
  }

  /// `ROLLBACK TO SAVEPOINT name`.
  record RollbackTo(String name) implements TransactionCommand {
    @Override
    public String tag() {
      return "ROLLBACK";
    }

    @Override
    public boolean endsFailedTransaction() {
      return true;
    }
  }

  /// `PREPARE TRANSACTION`, the first half of a two-phase commit.
  record Prepare() implements TransactionCommand {
    @Override
    public String tag() {
      return "PREPARE TRANSACTION";
    }

    @Override
    public boolean endsFailedTransaction() {
      return true;
    }
  }

  /// `COMMIT PREPARED identifier`, `ROLLBACK PREPARED identifier`.
  ///
  /// @param tag the two differ in it
  record FinishPrepared(String tag, String identifier) implements TransactionCommand {}

  /// `SET TRANSACTION SNAPSHOT`: the current transaction sees what another one sees.
  record SetSnapshot(String name) implements TransactionCommand {
    @Override
    public String tag() {
      return "SET";
    }
  }

  /// `SET TRANSACTION ...`: the modes of the current transaction, before its first snapshot.
  record SetTransaction(Modes modes) implements TransactionCommand {
    @Override
    public String tag() {
      return "SET";
    }
  }
}
