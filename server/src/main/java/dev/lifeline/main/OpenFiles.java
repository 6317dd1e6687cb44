package dev.lifeline.main;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Shares out the files that the system lets this process have open.
///
/// Formally, clients must not be able to take the files that the server writes its WAL into: each
/// backend's socket is a file of the one process that PostgreSQL would have given a process of its
/// own. So what `max_connections` may need is set aside first; the relations and the clients that
/// have no place yet get of the rest what they can use, and where that is too little the server
/// does not start.
final class OpenFiles {
  /// Class path, event log, WAL, listening sockets, the dashboard's visitors.
  private static final int OTHERS = 200;

  private static final int RELATIONS_MAX = 1000;

  /// As PostgreSQL's FD_MINFREE: with fewer it would open and close files all the time.
  private static final int RELATIONS_MIN = 48;

  private static final String LIMIT = "Max open files";

  private OpenFiles() {}

  /// How many sockets of clients may be open at once: as many as there are places, and as many
  /// again of clients that have not said yet who they are (PostgreSQL forks twice as many backends
  /// as it has places), as far as the relations can do without.
  static int ofClients(long limit, long maxConnections) {
    return (int) (maxConnections + ofStrangers(limit - OTHERS - maxConnections, maxConnections));
  }

  private static long ofStrangers(long left, long maxConnections) {
    long spared = Math.max(left - RELATIONS_MAX, (left - RELATIONS_MIN) / 2);
    return Math.clamp(spared, 0, maxConnections);
  }

  /// How many files of relations may be open at once.
  ///
  /// @throws PgException when there are too few for so many connections
  static int ofRelations(long limit, long maxConnections) {
    long left = limit - OTHERS - maxConnections;
    if (left < RELATIONS_MIN) {
      throw PgException.fatal(
              SqlState.INSUFFICIENT_RESOURCES,
              "insufficient file descriptors available to start server process")
          .detail(
              "System allows %d, server needs at least %d.",
              limit, OTHERS + maxConnections + RELATIONS_MIN)
          .hint(
              "%s", "Raise the limit of open files (\"ulimit -n\"), or lower \"max_connections\".");
    }
    return (int) Math.min(left - ofStrangers(left, maxConnections), RELATIONS_MAX);
  }

  /// The limit of this process; without one that can be read, none. The JVM has raised it as far as
  /// it may.
  static long limit() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
        if (line.startsWith(LIMIT)) {
          String soft = line.substring(LIMIT.length()).strip().split("\\s+", 2)[0];
          return soft.equals("unlimited") ? Integer.MAX_VALUE : Long.parseLong(soft);
        }
      }
    } catch (IOException | NumberFormatException e) {
      // Another system than Linux.
    }
    return Integer.MAX_VALUE;
  }
}
