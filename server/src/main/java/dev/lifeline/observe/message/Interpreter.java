package dev.lifeline.observe.message;

import dev.lifeline.events.ConnectionEvent;
import dev.lifeline.events.LockEvent;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.StatementEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.observe.log.LogRecord;
import java.util.ArrayList;
import java.util.List;

/// Reads records of the log as what they mean.
///
/// Every record becomes at least one event; exactly one of them is the record's own. The first
/// record of a process that was not known says that the process exists, the last one that it is
/// gone: PostgreSQL logs neither by itself.
public final class Interpreter {
  private static final Rules WORDINGS = new Rules();

  static {
    PostmasterWording.addTo(WORDINGS);
    StartupWording.addTo(WORDINGS);
    ConnectionWording.addTo(WORDINGS);
    CheckpointWording.addTo(WORDINGS);
    VacuumWording.addTo(WORDINGS);
    LockWording.addTo(WORDINGS);
    StatementWording.addTo(WORDINGS);
    ReplicationWording.addTo(WORDINGS);
  }

  private final Story story;
  private final Redaction redaction;

  public Interpreter(Story story, Redaction redaction) {
    this.story = story;
    this.redaction = redaction;
  }

  /// What a record means, in order.
  public List<Draft> interpret(LogRecord record) {
    List<Draft> drafts = new ArrayList<>(2);
    Subject subject = subject(record);
    if (!record.message().startsWith("starting PostgreSQL ")) {
      birth(record, subject, drafts);
    }
    Line line = new Line(record, story, redaction, subject, drafts);
    if (isFailure(record)) {
      failure(line);
    } else if (!WORDINGS.tell(line)) {
      line.keep(null);
    }
    return drafts;
  }

  /// A process is called by its first name for as long as it lives: a backend is `not initialized`
  /// until its client is known.
  private Subject subject(LogRecord record) {
    Story.Life life = story.life(record.pid());
    if (life != null && isSame(life, record)) {
      return life.subject;
    }
    String type = record.backendType();
    return new Subject(
        type.equals("not initialized") ? "client backend" : type.replace('/', ' '), record.pid());
  }

  private static boolean isSame(Story.Life life, LogRecord record) {
    return life.sessionId == null || life.sessionId.equals(record.sessionId());
  }

  private void birth(LogRecord record, Subject subject, List<Draft> drafts) {
    Story.Life life = story.life(record.pid());
    if (life != null && isSame(life, record)) {
      return;
    }
    if (life != null) { // the pid is used again, so its process is gone
      drafts.add(
          Draft.also(life.subject, new ProcessEvent.Exited(0, life.ageMs(record.timestamp()))));
    }
    int parent = subject.processType().equals("postmaster") ? 0 : story.postmasterPid();
    drafts.add(Draft.also(subject, new ProcessEvent.Forked(parent)));
  }

  private static boolean isFailure(LogRecord record) {
    return switch (record.errorSeverity()) {
      case "ERROR", "FATAL", "PANIC" -> true;
      default -> false;
    };
  }

  private void failure(Line line) {
    LogRecord record = line.record;
    String code = record.stateCode() == null ? "XX000" : record.stateCode();
    boolean client = line.subject.processType().equals("client backend");
    if (record.errorSeverity().equals("FATAL")) {
      fatal(line, code, client);
    } else if (VacuumWording.cancelled(line) || ReplicationWording.failed(line, code)) {
      return;
    } else if (client && record.errorSeverity().equals("ERROR")) {
      lockTrouble(line, code);
      line.tell(
          new StatementEvent.Failed(
              record.queryId(),
              redaction.summary(record.statement()),
              redaction.query(record.statement()),
              record.user(),
              record.dbname(),
              code,
              redaction.message(record),
              0,
              null));
    } else {
      otherwise(line, client);
    }
  }

  private void fatal(Line line, String code, boolean client) {
    LogRecord record = line.record;
    Story.Life life = line.life();
    boolean known = life != null && isSame(life, record) && life.authorized;
    // Slots, states and rights are checked after "connection authorized" is logged.
    boolean refused =
        client && (!known || code.equals("53300") || code.equals("57P03") || refusedLate(code));
    if (refused) {
      line.tell(
          new ConnectionEvent.Rejected(
              record.remoteHost(), record.user(), record.dbname(), code, record.message()));
      double age = life == null ? 0 : life.ageMs(record.timestamp());
      line.also(line.subject, new ProcessEvent.Exited(1, age));
    } else if (ReplicationWording.receiverEnded(line, code)) {
      return;
    } else if (code.equals("57P01")) {
      line.tell(new ProcessEvent.Terminated("SIGTERM", record.message()));
    } else if (code.equals("57P02")) {
      line.tell(new ProcessEvent.Terminated("SIGQUIT", record.message()));
    } else if (!ReplicationWording.failed(line, code)) {
      otherwise(line, client);
    }
  }

  /// What a server's own process fails with may be of what it is there for: an archive command that
  /// a signal has ended is a FATAL of the archiver.
  private static void otherwise(Line line, boolean client) {
    if (client || !WORDINGS.tell(line)) {
      line.keep(null);
    }
  }

  private static boolean refusedLate(String code) {
    return code.equals("3D000") || code.startsWith("28") || code.equals("55000");
  }

  /// The wait that ended with this error.
  private static void lockTrouble(Line line, String code) {
    Story.Life life = line.life();
    LockEvent.Waiting waiting = life == null ? null : life.waiting;
    if (code.equals("40P01")) {
      line.also(line.subject, LockWording.deadlock(line, waiting));
    } else if (waiting != null && (code.equals("55P03") || code.equals("57014"))) {
      line.also(
          line.subject,
          new LockEvent.WaitCancelled(
              waiting.mode(), waiting.locktype(), waiting.target(), code, 0, waiting.relname()));
    }
  }
}
