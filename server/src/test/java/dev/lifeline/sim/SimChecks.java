package dev.lifeline.sim;

import dev.lifeline.events.ConnectionEvent;
import dev.lifeline.events.Envelope;
import dev.lifeline.events.PostmasterEvent;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.RecoveryEvent;
import dev.lifeline.events.state.ProcessState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What is checked whatever the workload: that the event log agrees with what happened, that each
/// index has what its table has, and that the files are those of the catalogs.
final class SimChecks {
  private static final String DATABASE = "base/5/";
  private static final String SHARED = "global/";
  private static final int FILE_CHECKS = 30;

  private final SimServer server;

  /// Processes that died by the simulator's hand, with the last event before.
  private final Map<Integer, Long> crashes = new TreeMap<>();

  /// All of this life's, also those that were told already.
  private final Set<Integer> provoked = new TreeSet<>();

  SimChecks(SimServer server) {
    this.server = server;
  }

  void crashed(int pid) {
    crashes.put(pid, server.events().state().sequence());
    provoked.add(pid);
  }

  /// What happened at the end of a life may not have come to the log any more.
  void lifeEnded() {
    crashes.clear();
    provoked.clear();
  }

  /// The log's process tree is the real one, and each crash of this life was told and recovered
  /// from.
  void processTree() {
    Map<Integer, String> told = new TreeMap<>();
    for (ProcessState process : server.events().state().processes().values()) {
      if (!process.backendType().equals("postmaster")) {
        told.put(process.pid(), process.backendType());
      }
    }
    Map<Integer, String> real = server.postmaster().processes();
    Worker.check(told.equals(real), "the event log has %s, and there are %s", told, real);
    nobodyDiedByItself();
    crashes.forEach(this::crashWasTold);
    crashes.clear();
  }

  private void nobodyDiedByItself() {
    for (Envelope envelope : server.events().ofThisLife()) {
      int pid = envelope.subject().pid();
      Worker.check(
          !(envelope.event() instanceof ProcessEvent.Crashed) || provoked.contains(pid),
          "process %d died by itself: %s",
          pid,
          envelope.event());
    }
  }

  /// A backend that was forked only to be refused belongs to no generation of shared memory, so its
  /// crash is nobody else's.
  private void crashWasTold(int pid, long since) {
    boolean told = false;
    boolean exited = false;
    boolean recovered = false;
    boolean session = true;
    for (Envelope envelope : server.events().from(1)) {
      boolean later = envelope.sequence() > since;
      if (envelope.subject().pid() == pid) {
        session &= !(envelope.event() instanceof ConnectionEvent.Received);
        session |= envelope.event() instanceof ConnectionEvent.Authorized;
        told |= later && envelope.event() instanceof ProcessEvent.Crashed;
        exited |= later && envelope.event() instanceof ProcessEvent.Exited;
      }
      recovered |= told && envelope.event() instanceof RecoveryEvent.Completed;
    }
    Worker.check(told || exited, "the crash of %d was not told", pid);
    Worker.check(!told || recovered || !session, "the crash of %d was not recovered from", pid);
  }

  /// After an orderly shutdown nobody is left.
  void afterExit(@Nullable Integer code) {
    crashes.clear();
    Worker.check(code != null && code == 0, "a fast shutdown ended with code %s", code);
    Worker.check(
        server.events().state().processes().values().isEmpty(),
        "after the shutdown the event log still has %s",
        server.events().state().processes().values());
    List<Envelope> all = server.events().from(1);
    Worker.check(
        all.getLast().event() instanceof PostmasterEvent.Stopped,
        "the last event is %s",
        all.getLast());
  }

  /// Each index gives what the table gives.
  Future<Void> indexes(SimClient client) {
    return client
        .query(
            "select t.relname, a.attname from pg_index i, pg_class t, pg_attribute a where"
                + " i.indrelid = t.oid and a.attrelid = i.indexrelid and a.attnum = 1"
                + " and t.relnamespace = 2200")
        .compose(found -> {
          Worker.check(!found.failed(), "%s", found);
          Future<Void> all = Future.succeededFuture();
          for (List<@Nullable String> index : found.rows()) {
            all = all.compose(done -> compare(client, index.get(0), index.get(1)));
          }
          return all;
        });
  }

  private Future<Void> compare(SimClient client, @Nullable String table, @Nullable String column) {
    String count = "select count(*) from %s where %s is not null".formatted(table, column);
    String rows =
        "select * from %s where %s >= (select min(%s) from %s)"
            .formatted(table, column, column, table);
    return client
        .query("set enable_seqscan = on; set enable_indexscan = off; " + rows + "; " + count)
        .compose(heap ->
            client
                .query(
                    "set enable_indexscan = on; set enable_seqscan = off; " + rows + "; " + count)
                .compose(index -> {
                  Worker.check(!heap.failed() && !index.failed(), "%s %s", heap, index);
                  Worker.check(
                      sorted(heap).equals(sorted(index)),
                      "index on %s (%s) gives %s, the table %s",
                      table,
                      column,
                      sorted(index),
                      sorted(heap));
                  return client.query("reset enable_seqscan; reset enable_indexscan");
                }))
        .mapEmpty();
  }

  private static List<String> sorted(Answer answer) {
    List<String> rows = new ArrayList<>();
    answer.rows().forEach(row -> rows.add(row.toString()));
    rows.sort(null);
    return rows;
  }

  /// The files of the database are those that its catalogs name, no more and no fewer. A slow disk
  /// may take its time to delete one.
  Future<Void> files(SimClient client) {
    return client.query("checkpoint").compose(done -> files(client, FILE_CHECKS));
  }

  private Future<Void> files(SimClient client, int checksLeft) {
    return client
        .query("select relfilenode from pg_class where relfilenode > 0")
        .compose(answer -> {
          Worker.check(!answer.failed(), "%s", answer);
          Set<String> named = new TreeSet<>();
          answer.rows().forEach(row -> named.add(String.valueOf(row.getFirst())));
          Set<String> orphans = found(DATABASE);
          Set<String> missing = new TreeSet<>(named);
          missing.removeAll(orphans);
          missing.removeAll(found(SHARED));
          orphans.removeAll(named);
          Worker.check(missing.isEmpty(), "relations without a file: %s", missing);
          if (orphans.isEmpty()) {
            return Future.succeededFuture();
          }
          Worker.check(checksLeft > 0, "files without a relation: %s", orphans);
          Promise<Void> later = Promise.promise();
          server.scheduler().schedule(1_000_000_000L, later::complete);
          return later.future().compose(done -> files(client, checksLeft - 1));
        });
  }

  private Set<String> found(String directory) {
    Set<String> found = new TreeSet<>();
    for (String path : server.platter().files()) {
      if (path.startsWith(directory) && Character.isDigit(path.charAt(directory.length()))) {
        found.add(path.substring(directory.length()).replaceAll("[_.].*", ""));
      }
    }
    return found;
  }
}
