package dev.lifeline.sim;

import io.vertx.core.Future;
import java.util.List;

/// Some work on tables of its own, by several clients, that can tell afterwards whether the server
/// kept its promises.
interface Workload {
  /// The tables, as they are made before the first life.
  List<String> schema();

  /// The clients.
  List<Worker> workers();

  /// Nobody else is connected: is everything there that must be, and nothing that must not? What
  /// was unknown is known from here on.
  Future<Void> verify(SimClient client);
}
