package dev.lifeline.commands;

import dev.lifeline.access.transam.Xact;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.libpq.client.ConnectionString;
import dev.lifeline.libpq.client.PgConnection;
import dev.lifeline.utils.error.PgException;
import io.vertx.core.Future;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/// What the commands about subscriptions ask of the server around them.
public interface SubscriptionHooks {
  /// A server that replicates nothing.
  SubscriptionHooks NONE =
      new SubscriptionHooks() {
        @Override
        public Future<PgConnection> connect(
            SessionContext session, ConnectionString to, String applicationName) {
          return Future.failedFuture(PgException.notSupported("connecting to another server"));
        }

        @Override
        public void changed() {}

        @Override
        public Future<Void> stopWorkers(int subscription, int relation) {
          return Future.succeededFuture();
        }

        @Override
        public int originUser(int origin) {
          return 0;
        }

        @Override
        public long originProgress(int origin) {
          return 0;
        }

        @Override
        public int reserveOrigin(Xact xact, IntPredicate exists) {
          return IntStream.iterate(1, id -> id + 1)
              .filter(exists.negate())
              .findFirst()
              .orElseThrow();
        }

        @Override
        public Future<Void> originCreated(int origin) {
          return Future.succeededFuture();
        }

        @Override
        public void originDropped(int origin) {}

        @Override
        public long systemIdentifier() {
          return 0;
        }
      };

  /// Connects to a publisher, for replication.
  Future<PgConnection> connect(SessionContext session, ConnectionString to, String applicationName);

  /// A transaction has been committed that changed subscriptions: their workers look again.
  void changed();

  /// Ends the workers of a subscription, and completes when they have ended.
  ///
  /// @param relation that of the worker that copies it; 0 for all workers
  Future<Void> stopWorkers(int subscription, int relation);

  /// The pid of who applies the transactions of an origin; 0 for nobody.
  int originUser(int origin);

  /// How far an origin is; 0 where nothing was applied.
  long originProgress(int origin);

  /// A free id for an origin that a transaction creates, which nobody else gets meanwhile.
  ///
  /// @param exists whether there is an origin of that id
  int reserveOrigin(Xact xact, IntPredicate exists);

  /// Nothing of a new origin was applied, whatever an older one with its id has left behind.
  /// Completes when that is durable.
  Future<Void> originCreated(int origin);

  /// An origin is gone.
  void originDropped(int origin);

  /// Of this cluster, which names the slots of copies.
  long systemIdentifier();
}
