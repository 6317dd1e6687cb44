package dev.lifeline.events.otlp;

import dev.lifeline.events.ConnectionEvent;
import dev.lifeline.events.Envelope;
import dev.lifeline.events.LockEvent;
import dev.lifeline.events.Lsn;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.StatementEvent;
import dev.lifeline.events.TraceContext;
import dev.lifeline.events.TransactionEvent;
import dev.lifeline.events.WalEvent;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The traces of clients: connections and statements.
///
/// What a statement did on its way (lock waits, its commit) is on the log before the statement
/// itself, so it is kept for each backend until the statement's event comes. A statement that
/// leaves no event, because it was quick and succeeded, leaves no spans either.
final class SessionSpans {
  private static final int FLUSHES_MAX = 512;
  private static final int WAITS_MAX = 64;

  /// What is known of one backend.
  private static final class Session {
    @Nullable SpanDraft connection;
    @Nullable String datname;
    @Nullable String usename;
    long stepNanos;
    @Nullable Envelope lockWait;
    final List<Wait> waits = new ArrayList<>();
    @Nullable LateEnvelope commit;
  }

  /// A lock wait that is over.
  private record Wait(Envelope from, Envelope to, String lock, @Nullable String sqlstate) {}

  /// A group flush; its span is exported for the first commit that is linked to it.
  private static final class Flush {
    private final LateEnvelope late;
    boolean exported;

    Flush(LateEnvelope late) {
      this.late = late;
    }

    Envelope envelope() {
      return late.get();
    }

    WalEvent.Flushed event() {
      return (WalEvent.Flushed) late.get().event();
    }
  }

  private final SpanOutput out;
  private final Map<Integer, Session> sessions = new HashMap<>();

  /// The last group flushes, oldest first, for commits to find the one that made them durable.
  private final Deque<Flush> flushes = new ArrayDeque<>();

  SessionSpans(SpanOutput out) {
    this.out = out;
  }

  void connection(Envelope envelope, ConnectionEvent event) {
    int pid = envelope.subject().pid();
    switch (event) {
      case ConnectionEvent.Received received -> {
        end(sessions.get(pid), envelope); // a pid that came around
        Session session = new Session();
        sessions.put(pid, session);
        session.stepNanos = SpanDraft.nanos(envelope);
        SpanDraft draft =
            out.root("connection", envelope, envelope.trace())
                .kind(SpanKind.SERVER)
                .put("db.system.name", "postgresql")
                .put("client.address", received.clientAddr());
        if (received.clientPort() != null) {
          draft.put("client.port", received.clientPort());
        }
        session.connection = out.opened(draft);
      }
      case ConnectionEvent.Secured secured -> secured(pid, envelope, secured);
      case ConnectionEvent.Authenticated authenticated ->
          step(pid, "authenticate", envelope, "lifeline.auth_method", authenticated.authMethod());
      case ConnectionEvent.Authorized authorized -> {
        step(pid, "authorize", envelope, "db.namespace", authorized.datname());
        Session session = sessions.get(pid);
        if (session != null && session.connection != null) {
          session.datname = authorized.datname();
          session.usename = authorized.usename();
          session
              .connection
              .put("db.namespace", authorized.datname())
              .put("lifeline.user", authorized.usename())
              .put("lifeline.application_name", authorized.applicationName())
              .put("tls.protocol.version", version(authorized.tlsVersion()))
              .put("tls.cipher", authorized.tlsCipher());
          out.announce(session.connection, "connection", envelope);
        }
      }
      case ConnectionEvent.Rejected rejected -> {
        Session session = sessions.remove(pid);
        if (session != null && session.connection != null) {
          session
              .connection
              .put("db.namespace", rejected.datname())
              .put("db.response.status_code", rejected.sqlstate())
              .error(rejected.sqlstate(), rejected.reason());
        }
        end(session, envelope);
      }
      case ConnectionEvent.Closed closed -> {
        Session session = sessions.remove(pid);
        if (session != null && session.connection != null && closed.sqlstate() != null) {
          session
              .connection
              .put("db.response.status_code", closed.sqlstate())
              .error(closed.sqlstate(), closed.reason());
        }
        end(session, envelope);
      }
    }
  }

  /// The handshake, without the client's thinking before it.
  private void secured(int pid, Envelope envelope, ConnectionEvent.Secured secured) {
    Session session = sessions.get(pid);
    if (session != null && session.connection != null) {
      SpanDraft draft =
          out.child(
                  "TLS",
                  session.connection.context(),
                  envelope,
                  SpanDraft.nanosBefore(envelope, secured.handshakeMs()))
              .put("tls.protocol.version", version(secured.tlsVersion()))
              .put("tls.cipher", secured.tlsCipher());
      out.end(draft, envelope);
      session.stepNanos = SpanDraft.nanos(envelope);
    }
  }

  /// `1.3` of `TLSv1.3`, which is how the OpenTelemetry conventions want it.
  private static @Nullable String version(@Nullable String tlsVersion) {
    return tlsVersion == null ? null : tlsVersion.replaceFirst("^TLSv", "");
  }

  void process(Envelope envelope, ProcessEvent event) {
    int pid = envelope.subject().pid();
    switch (event) {
      case ProcessEvent.Ready ready -> step(pid, "startup", envelope, "", null);
      case ProcessEvent.Crashed crashed -> {
        Session session = sessions.remove(pid);
        if (session != null && session.connection != null) {
          session.connection.error(
              crashed.sqlstate() == null ? "crash" : crashed.sqlstate(), crashed.message());
        }
        end(session, envelope);
      }
      case ProcessEvent.Exited exited -> end(sessions.remove(pid), envelope);
      case ProcessEvent.Lost lost -> forget(sessions.remove(pid));
      case ProcessEvent.Forked forked -> {}
      case ProcessEvent.Restarted restarted -> {}
      case ProcessEvent.Terminated terminated -> {}
    }
  }

  /// A new run: what was open when the one before was killed has no known end.
  void newRun() {
    sessions.values().forEach(this::forget);
    sessions.clear();
    flushes.clear();
  }

  void lock(Envelope envelope, LockEvent event) {
    Session session = session(envelope);
    switch (event) {
      case LockEvent.Waiting waiting -> session.lockWait = envelope;
      case LockEvent.Acquired acquired ->
          waited(session, envelope, acquired.mode() + " on " + acquired.target(), null);
      case LockEvent.WaitCancelled cancelled ->
          waited(
              session,
              envelope,
              cancelled.mode() + " on " + cancelled.target(),
              cancelled.sqlstate());
      case LockEvent.DeadlockDetected deadlock ->
          waited(session, envelope, deadlock.mode() + " on " + deadlock.target(), "40P01");
    }
  }

  private static void waited(
      Session session, Envelope envelope, String lock, @Nullable String sqlstate) {
    Envelope from = session.lockWait;
    session.lockWait = null;
    if (from != null && session.waits.size() < WAITS_MAX) {
      session.waits.add(new Wait(from, envelope, lock, sqlstate));
    }
  }

  void transaction(Envelope envelope, TransactionEvent event) {
    if (event instanceof TransactionEvent.Committed) {
      committed(envelope.subject().pid(), LateEnvelope.of(envelope));
    }
  }

  /// A transaction of this process was committed.
  void committed(int pid, LateEnvelope commit) {
    session(pid).commit = commit;
  }

  /// The WAL was flushed by a group.
  void flushed(LateEnvelope flush) {
    if (flushes.size() == FLUSHES_MAX) {
      flushes.removeFirst();
    }
    flushes.addLast(new Flush(flush));
  }

  void statement(Envelope envelope, StatementEvent event) {
    Session session = session(envelope);
    TraceContext trace = envelope.trace();
    if (trace == null || trace.sampled()) {
      switch (event) {
        case StatementEvent.Completed completed -> {
          SpanDraft draft =
              begin(
                  session,
                  envelope,
                  completed.querySummary(),
                  completed.query(),
                  completed.datname(),
                  elapsedMs(completed.phases(), completed.durationMs()));
          draft.put("db.response.returned_rows", completed.rows());
          phases(draft, envelope, completed.phases(), completed.planNodes());
          end(session, draft, envelope);
        }
        case StatementEvent.Failed failed -> {
          SpanDraft draft =
              begin(
                  session,
                  envelope,
                  failed.querySummary(),
                  failed.query(),
                  failed.datname(),
                  elapsedMs(failed.phases(), failed.durationMs()));
          draft
              .put("db.response.status_code", failed.sqlstate())
              .error(failed.sqlstate(), failed.message());
          phases(draft, envelope, failed.phases(), List.of());
          end(session, draft, envelope);
        }
      }
    }
    session.waits.clear();
    session.commit = null;
  }

  private SpanDraft begin(
      Session session,
      Envelope envelope,
      String summary,
      @Nullable String query,
      @Nullable String datname,
      double durationMs) {
    long startNanos = SpanDraft.nanosBefore(envelope, durationMs);
    SpanDraft draft =
        out.root(summary, envelope, envelope.trace(), startNanos)
            .kind(SpanKind.SERVER)
            .put("db.system.name", "postgresql")
            .put("db.namespace", datname == null ? session.datname : datname)
            .put("db.query.summary", summary)
            .put("db.query.text", query)
            .put("lifeline.user", session.usename);
    SpanDraft connection = session.connection;
    if (connection != null) {
      draft.link(connection.context());
    }
    return draft;
  }

  private static double elapsedMs(StatementEvent.@Nullable Phases phases, double durationMs) {
    return phases == null ? durationMs : phases.elapsedMs();
  }

  private void phases(
      SpanDraft statement,
      Envelope envelope,
      StatementEvent.@Nullable Phases phases,
      List<StatementEvent.PlanNode> nodes) {
    if (phases != null) {
      phase("parse", statement, envelope, 0, phases.parseMs());
      phase("plan", statement, envelope, phases.parseMs(), phases.planMs());
      SpanDraft execute =
          phase("execute", statement, envelope, phases.executeStartMs(), phases.executeMs());
      if (execute != null) {
        planNodes(execute, envelope, nodes);
      }
    }
  }

  private @Nullable SpanDraft phase(
      String name, SpanDraft statement, Envelope envelope, double startMs, double durationMs) {
    if (durationMs <= 0) {
      return null;
    }
    SpanDraft child =
        out.child(
            name, statement.context(), envelope, statement.startNanos + SpanDraft.nanosOf(startMs));
    out.end(child, envelope, child.startNanos + SpanDraft.nanosOf(durationMs));
    return child;
  }

  /// A span for each node of the plan, below the one that asks it for rows.
  private void planNodes(
      SpanDraft execute, Envelope envelope, List<StatementEvent.PlanNode> nodes) {
    List<SpanContext> contexts = new ArrayList<>();
    for (StatementEvent.PlanNode node : nodes) {
      boolean atTop = node.parent() < 0 || node.parent() >= contexts.size();
      SpanDraft span =
          out.child(
              node.name(),
              "node " + contexts.size(),
              atTop ? execute.context() : contexts.get(node.parent()),
              envelope,
              execute.startNanos + SpanDraft.nanosOf(node.startMs()));
      contexts.add(span.context());
      span.put("lifeline.plan.rows", node.rows())
          .put("lifeline.plan.loops", node.loops())
          .put("lifeline.plan.time_ms", node.timeMs());
      out.end(span, envelope, execute.startNanos + SpanDraft.nanosOf(node.endMs()));
    }
  }

  private void end(Session session, SpanDraft draft, Envelope envelope) {
    for (Wait wait : session.waits) {
      if (SpanDraft.nanos(wait.from) < draft.startNanos) {
        continue; // of a statement before, that left no event
      }
      SpanDraft child =
          out.child("lock wait", draft.context(), wait.from).put("lifeline.lock", wait.lock);
      if (wait.sqlstate != null) {
        child.put("db.response.status_code", wait.sqlstate).error(wait.sqlstate, null);
      }
      out.end(child, wait.to);
    }
    Envelope commit = session.commit == null ? null : session.commit.get();
    if (commit != null && SpanDraft.nanos(commit) >= draft.startNanos) {
      commit(draft, commit);
    }
    out.end(draft, envelope);
  }

  /// The commit as a child, linked to the group flush that made it durable.
  private void commit(SpanDraft statement, Envelope envelope) {
    TransactionEvent.Committed committed = (TransactionEvent.Committed) envelope.event();
    Flush flush = flushOf(committed.commitLsn());
    long startNanos = SpanDraft.nanos(envelope);
    SpanContext link = null;
    if (flush != null) {
      long flushStart =
          SpanDraft.nanosBefore(flush.envelope(), flush.event().writeMs() + flush.event().syncMs());
      startNanos = Math.max(statement.startNanos, Math.min(startNanos, flushStart));
      link = export(flush, flushStart);
    }
    SpanDraft commit =
        out.child("commit", statement.context(), envelope, startNanos)
            .put("lifeline.xid", committed.xid())
            .put("lifeline.commit_lsn", Lsn.format(committed.commitLsn()));
    if (link != null) {
      commit.link(link);
      statement.link(link);
    }
    out.end(commit, envelope);
  }

  private SpanContext export(Flush flush, long startNanos) {
    SpanDraft span =
        out.root("wal flush", flush.envelope(), null, startNanos)
            .put("lifeline.end_lsn", Lsn.format(flush.event().endLsn()))
            .put("lifeline.wal.bytes", flush.event().walBytes())
            .put("lifeline.wal.commits", flush.event().commits());
    if (!flush.exported) {
      flush.exported = true;
      out.flushed(span);
      out.end(span, flush.envelope());
    }
    return span.context();
  }

  /// The first flush that reached so far. From the last one back, because a commit asks for one of
  /// the last, and the others need not be read.
  private @Nullable Flush flushOf(long commitLsn) {
    Flush first = null;
    Iterator<Flush> backwards = flushes.descendingIterator();
    while (backwards.hasNext()) {
      Flush flush = backwards.next();
      if (flush.event().endLsn() < commitLsn) {
        break;
      }
      first = flush;
    }
    return first;
  }

  private Session session(Envelope envelope) {
    return session(envelope.subject().pid());
  }

  private Session session(int pid) {
    return sessions.computeIfAbsent(pid, ignored -> new Session());
  }

  /// A step of the connection that took from the end of the one before until now.
  private void step(int pid, String name, Envelope envelope, String key, @Nullable String value) {
    Session session = sessions.get(pid);
    if (session != null && session.connection != null) {
      SpanDraft draft =
          out.child(name, session.connection.context(), envelope, session.stepNanos)
              .put(key, value);
      out.end(draft, envelope);
      session.stepNanos = SpanDraft.nanos(envelope);
    }
  }

  private void end(@Nullable Session session, Envelope envelope) {
    if (session != null && session.connection != null) {
      out.closed(session.connection);
      out.end(session.connection, envelope);
      session.connection = null;
    }
  }

  private void forget(@Nullable Session session) {
    if (session != null) {
      out.closed(session.connection);
      session.connection = null;
    }
  }
}
