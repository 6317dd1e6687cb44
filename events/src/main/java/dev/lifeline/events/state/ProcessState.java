package dev.lifeline.events.state;

import dev.lifeline.events.codec.JsonWriter;
import dev.lifeline.events.codec.RecordCodec;
import java.lang.invoke.MethodHandles;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A process that is alive.
///
/// @param backendType its process type, as `pg_stat_activity.backend_type`
/// @param parentPid who forked it, 0 for the postmaster
/// @param state where it is in its life
/// @param stateSince when it got there
/// @param startedAt when it was forked
/// @param replacesPid the process that it was started in place of
/// @param activity what it is doing, when the log says so: `checkpoint: time`, `vacuum: public.t`
/// @param waitingFor the lock that it waits for, e.g. `ShareLock on transaction 742`
/// @param lastSequence the last event that changed it
public record ProcessState(
    int pid,
    String backendType,
    int parentPid,
    State state,
    Instant stateSince,
    Instant startedAt,
    @Nullable Integer replacesPid,
    @Nullable String usename,
    @Nullable String datname,
    @Nullable String applicationName,
    @Nullable String clientAddr,
    @Nullable Integer clientPort,
    @Nullable String activity,
    @Nullable String waitingFor,
    long lastSequence) {

  private static final RecordCodec JSON =
      new RecordCodec(ProcessState.class, MethodHandles.lookup());

  /// The JSON form, in UTF-8; the same as within a [ClusterState].
  public byte[] toJson() {
    JsonWriter out = new JsonWriter();
    JSON.write(out, this);
    return out.toByteArray();
  }

  /// The JSON Schema of [#toJson].
  public static String jsonSchema() {
    return JSON.objectSchema("", List.of());
  }

  /// The reverse of [#toJson].
  public static ProcessState fromJson(byte[] json) {
    return (ProcessState) JSON.read(json);
  }

  /// A process's life. A process that has ended is not in the cluster's state any more.
  public enum State {
    /// Forked, not yet doing its work.
    STARTING,
    /// Doing its work.
    READY,
    /// Told to end.
    TERMINATING
  }

  static ProcessState forked(
      int pid, String backendType, int parentPid, Instant at, long sequence) {
    return new ProcessState(
        pid,
        backendType,
        parentPid,
        State.STARTING,
        at,
        at,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        sequence);
  }

  ProcessState withState(State to, Instant at, long sequence) {
    return new ProcessState(
        pid,
        backendType,
        parentPid,
        to,
        at,
        startedAt,
        replacesPid,
        usename,
        datname,
        applicationName,
        clientAddr,
        clientPort,
        activity,
        waitingFor,
        sequence);
  }

  ProcessState withReplaces(int replaced, long sequence) {
    return new ProcessState(
        pid,
        backendType,
        parentPid,
        state,
        stateSince,
        startedAt,
        replaced,
        usename,
        datname,
        applicationName,
        clientAddr,
        clientPort,
        activity,
        waitingFor,
        sequence);
  }

  ProcessState withClient(@Nullable String addr, @Nullable Integer port, long sequence) {
    return new ProcessState(
        pid,
        backendType,
        parentPid,
        state,
        stateSince,
        startedAt,
        replacesPid,
        usename,
        datname,
        applicationName,
        addr,
        port,
        activity,
        waitingFor,
        sequence);
  }

  ProcessState withSession(
      @Nullable String user,
      @Nullable String database,
      @Nullable String application,
      long sequence) {
    return new ProcessState(
        pid,
        backendType,
        parentPid,
        state,
        stateSince,
        startedAt,
        replacesPid,
        user,
        database,
        application,
        clientAddr,
        clientPort,
        activity,
        waitingFor,
        sequence);
  }

  ProcessState withActivity(@Nullable String doing, long sequence) {
    return new ProcessState(
        pid,
        backendType,
        parentPid,
        state,
        stateSince,
        startedAt,
        replacesPid,
        usename,
        datname,
        applicationName,
        clientAddr,
        clientPort,
        doing,
        waitingFor,
        sequence);
  }

  ProcessState withWaitingFor(@Nullable String lock, long sequence) {
    return new ProcessState(
        pid,
        backendType,
        parentPid,
        state,
        stateSince,
        startedAt,
        replacesPid,
        usename,
        datname,
        applicationName,
        clientAddr,
        clientPort,
        activity,
        lock,
        sequence);
  }
}
