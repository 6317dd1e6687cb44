package dev.lifeline.isolation;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Runs the permutations of a specification against a server, Lifeline or PostgreSQL, and writes
/// down what the sessions see.
///
/// A step that does not end is asked for by `pg_blocking_pids`: while somebody blocks it, it is
/// noted as waiting and the next step goes on. After each step all that wait are looked at again.
final class SpecRunner {
  private static final long PATIENCE_MS = 20_000;
  private static final long POLL_MS = 3;
  private static final Pattern RELATION = Pattern.compile("\\brelation (\\d+) of database \\d+");

  private final String host;
  private final int port;
  private final StringBuilder output = new StringBuilder();

  private WireClient control;
  private Map<String, WireClient> sessions = Map.of();

  /// The steps that wait, by session, in the order in which they began to.
  private final Map<String, String> waiting = new LinkedHashMap<>();

  SpecRunner(String host, int port) {
    this.host = host;
    this.port = port;
  }

  /// Runs all permutations.
  ///
  /// @return what the expected file contains
  String run(Spec spec) throws IOException, InterruptedException {
    output.setLength(0);
    try (WireClient connection = connect("control")) {
      control = connection;
      for (List<String> permutation : spec.permutations()) {
        runOne(spec, permutation);
      }
    }
    return output.toString();
  }

  private WireClient connect(String name) throws IOException, InterruptedException {
    WireClient client = new WireClient(host, port, "postgres", name);
    if (!client.await(PATIENCE_MS) || client.closed()) {
      throw new IOException("no connection: " + client.take());
    }
    client.take();
    return client;
  }

  private void runOne(Spec spec, List<String> permutation)
      throws IOException, InterruptedException {
    output.append(output.isEmpty() ? "" : "\n").append("permutation");
    permutation.forEach(step -> output.append(' ').append(step));
    output.append('\n');
    waiting.clear();
    sessions = new LinkedHashMap<>();
    try {
      quietly(spec, spec.setup());
      for (String session : spec.sessions().keySet()) {
        sessions.put(session, connect(session));
      }
      for (int i = 0; i < permutation.size(); i++) {
        List<String> rest = permutation.subList(i + 1, permutation.size());
        step(spec, permutation.get(i), rest);
        if (rest.isEmpty() || !rest.getFirst().startsWith("wait:")) {
          lookAtWaiting(rest);
        }
      }
      if (!waiting.isEmpty()) {
        throw new IllegalStateException(spec.name() + ": still waiting: " + waiting);
      }
    } finally {
      for (WireClient session : sessions.values()) {
        session.end(PATIENCE_MS);
      }
      quietly(spec, spec.teardown());
    }
  }

  private void quietly(Spec spec, List<String> statements)
      throws IOException, InterruptedException {
    for (String statement : statements) {
      for (String line : control.run(statement, PATIENCE_MS)) {
        if (line.startsWith("ERROR")) {
          throw new IllegalStateException(spec.name() + ": " + statement + ": " + line);
        }
      }
    }
  }

  private void step(Spec spec, String step, List<String> rest)
      throws IOException, InterruptedException {
    if (step.startsWith("wait:")) {
      awaitEnd(step.substring("wait:".length()));
      return;
    }
    if (step.startsWith("closed:")) {
      awaitClose(step.substring("closed:".length()));
      return;
    }
    String session = step.substring(0, step.indexOf('.'));
    WireClient client = client(session);
    if (waiting.containsKey(session)) {
      throw new IllegalStateException(step + ": " + waiting.get(session) + " waits still");
    }
    client.send(withPids(spec.sql(step)));
    // Where its end is waited for by name it may have come already: that is the machine's business.
    if (endsOrBlocks(client) && !isAwaited(session, rest)) {
      report(step + ":", client);
    } else {
      output.append(step).append(": <waiting ...>\n");
      waiting.put(session, step);
    }
  }

  private WireClient client(String session) {
    WireClient client = sessions.get(session);
    if (client == null) {
      throw new IllegalStateException("no session " + session);
    }
    return client;
  }

  /// `$pid(a)` stands for the process of session a.
  private String withPids(String sql) {
    String result = sql;
    for (Map.Entry<String, WireClient> session : sessions.entrySet()) {
      result =
          result.replace(
              "$pid(" + session.getKey() + ")", Integer.toString(session.getValue().pid()));
    }
    return result;
  }

  /// Waits for the end of a waiting step that a timeout or the deadlock detector brings.
  private void awaitEnd(String session) throws IOException, InterruptedException {
    WireClient client = client(session);
    String step = waiting.remove(session);
    if (step == null || !client.await(PATIENCE_MS)) {
      throw new IllegalStateException(session + " does not end, so far:\n" + output);
    }
    report(step + ": <... completed>", client);
  }

  /// Waits until the server ends the connection of a session that does nothing.
  private void awaitClose(String session) throws IOException, InterruptedException {
    WireClient client = client(session);
    if (!client.awaitClose(PATIENCE_MS)) {
      throw new IllegalStateException(session + " is not closed, so far:\n" + output);
    }
    report(session + ": <closed>", client);
  }

  /// @return true when the statement has ended, false when somebody blocks it
  private boolean endsOrBlocks(WireClient client) throws IOException, InterruptedException {
    long until = System.nanoTime() + PATIENCE_MS * 1_000_000;
    while (!client.await(POLL_MS)) {
      if (blocked(client)) {
        return false;
      }
      if (System.nanoTime() > until) {
        throw new IllegalStateException("neither ends nor is blocked, so far:\n" + output);
      }
    }
    return true;
  }

  /// Whether somebody blocks it, and not only until it has noticed that he is gone: seen twice.
  private boolean blocked(WireClient client) throws IOException, InterruptedException {
    return seenBlocked(client) && !client.await(POLL_MS) && seenBlocked(client);
  }

  private boolean seenBlocked(WireClient client) throws IOException, InterruptedException {
    String query = "SELECT cardinality(pg_blocking_pids(" + client.pid() + ")) > 0 AS blocked";
    return control.run(query, PATIENCE_MS).contains("t");
  }

  /// Whether the permutation says when the step that the session is in has ended.
  private static boolean isAwaited(String session, List<String> rest) {
    for (String step : rest) {
      if (step.equals("wait:" + session)) {
        return true;
      }
      if (step.startsWith(session + ".")) {
        return false;
      }
    }
    return false;
  }

  private void lookAtWaiting(List<String> rest) throws IOException, InterruptedException {
    for (Map.Entry<String, String> wait : List.copyOf(waiting.entrySet())) {
      WireClient client = client(wait.getKey());
      if (!isAwaited(wait.getKey(), rest) && endsOrBlocks(client)) {
        waiting.remove(wait.getKey());
        report(wait.getValue() + ": <... completed>", client);
      }
    }
  }

  private void report(String title, WireClient client) throws IOException, InterruptedException {
    List<String> lines = new ArrayList<>(client.take());
    if (client.closed() && !title.endsWith("<closed>")) {
      lines.add("<closed>");
    }
    output.append(title);
    boolean single = lines.size() == 1;
    for (String line : lines) {
      output.append(single ? " " : "\n  ").append(withNames(line));
    }
    output.append('\n');
  }

  /// Puts names where the numbers differ from run to run.
  private String withNames(String line) throws IOException, InterruptedException {
    String result = line;
    for (Map.Entry<String, WireClient> session : sessions.entrySet()) {
      result =
          result.replaceAll(
              "\\b([Pp]rocess|PID) " + session.getValue().pid() + "\\b",
              "$1 <" + session.getKey() + ">");
    }
    Matcher relation = RELATION.matcher(result);
    if (relation.find()) {
      String query = "SELECT relname FROM pg_class WHERE oid = " + relation.group(1);
      result = relation.replaceFirst("relation <" + control.run(query, PATIENCE_MS).get(1) + ">");
    }
    return result
        .replaceAll("\\btransaction \\d+", "transaction <xid>")
        .replaceAll("\\bOID \\d+", "OID <oid>")
        .replaceAll("index tuple \\(\\d+,\\d+\\)", "index tuple <tid>")
        .replaceAll("advisory lock \\[\\d+,", "advisory lock [<database>,");
  }
}
