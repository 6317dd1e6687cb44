package dev.lifeline.replication.logical;

import dev.lifeline.access.transam.LogicalRecords;
import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.utils.error.PgException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The session in which a worker changes this server's tables. One transaction at a time, one
/// statement at a time. Belongs to the worker's event loop.
public interface ApplySession {
  /// Begins a transaction, unless one is open.
  void begin();

  boolean inTransaction();

  /// Asks the catalogs something in the open transaction.
  <T extends @Nullable Object> Future<T> look(Function<BackendCatalog, T> question);

  /// Changes the catalogs in the open transaction.
  Future<Void> change(Consumer<CatalogWriter> changes);

  /// Runs a statement without rows in the open transaction; what was prepared once is kept.
  ///
  /// @param types the oids of its parameters' types
  /// @param formats 0 for text, 1 for binary, of each parameter
  /// @param unreadable is told which parameter it is that cannot be read
  /// @return how many rows it has changed
  Future<Long> execute(
      String sql,
      int[] types,
      List<byte @Nullable []> parameters,
      int[] formats,
      IntConsumer unreadable);

  /// Runs COPY ... FROM STDIN in the open transaction.
  ///
  /// @param data gives the next piece, and null at the end
  Future<Void> copyIn(String sql, Supplier<Future<@Nullable Buffer>> data);

  /// Commits the open transaction; does nothing where there is none.
  ///
  /// @param origin whose transaction it repeats; null for none
  Future<Void> commit(LogicalRecords.@Nullable Origin origin);

  /// Undoes the open transaction.
  Future<Void> rollBack();

  /// `synchronous_commit` from now on.
  void synchronousCommit(String value);

  /// Ends the statement that runs with this error.
  void cancel(PgException reason);

  /// Ends it, when nothing runs.
  Future<Void> close();
}
