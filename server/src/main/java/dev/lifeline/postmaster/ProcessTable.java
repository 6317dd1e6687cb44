package dev.lifeline.postmaster;

import dev.lifeline.events.Subject;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The processes that are alive, by pid. Written by the postmaster and by the acceptors, read by
/// all.
final class ProcessTable {
  /// Pids wrap around here, as Linux's do by default on large machines.
  private static final int PID_MAX = 4_194_304;

  private static final int PID_MIN = 300;

  private final Map<Integer, Entry> entries = new ConcurrentHashMap<>();
  private final AtomicInteger lastPid;

  /// @param postmasterPid the JVM's own: the children's pids follow it, as they often do
  ProcessTable(int postmasterPid) {
    lastPid = new AtomicInteger(postmasterPid);
  }

  /// A process that is alive.
  static final class Entry {
    private final int pid;
    private volatile ProcessType type;
    private final long forkedNanos;
    private final long forkSequence;
    private final Handle handle;

    /// The event that is about to end it, or 0: the cause of its end. Written before it is told.
    private volatile long endCause;

    /// Whether it dies by a drill.
    private volatile boolean drill;

    Entry(int pid, ProcessType type, long forkedNanos, long forkSequence, Handle handle) {
      this.pid = pid;
      this.type = type;
      this.forkedNanos = forkedNanos;
      this.forkSequence = forkSequence;
      this.handle = handle;
    }

    int pid() {
      return pid;
    }

    ProcessType type() {
      return type;
    }

    Subject subject() {
      return new Subject(type.backendType(), pid);
    }

    long forkedNanos() {
      return forkedNanos;
    }

    long forkSequence() {
      return forkSequence;
    }

    long endCause() {
      return endCause;
    }

    void setEndCause(long sequence) {
      endCause = sequence;
    }

    boolean drill() {
      return drill;
    }

    void markDrill() {
      drill = true;
    }

    Handle handle() {
      return handle;
    }
  }

  /// How to reach a process, from any thread.
  interface Handle {
    void signal(ProcessSignal signal, boolean crashOfAnother);
  }

  /// A pid that no living process has.
  int nextPid() {
    while (true) {
      int pid = lastPid.updateAndGet(last -> last >= PID_MAX ? PID_MIN : last + 1);
      if (!entries.containsKey(pid)) {
        return pid;
      }
    }
  }

  /// A backend turns out to serve a replication connection; false where there are too many.
  boolean becomesWalSender(int pid, long most) {
    Entry entry = entries.get(pid);
    synchronized (this) {
      long others =
          entries.values().stream()
              .filter(other -> other.type == ProcessType.WAL_SENDER && other != entry)
              .count();
      if (entry == null || others >= most) {
        return false;
      }
      entry.type = ProcessType.WAL_SENDER;
      return true;
    }
  }

  void add(Entry entry) {
    if (entries.putIfAbsent(entry.pid(), entry) != null) {
      throw new IllegalStateException("pid " + entry.pid() + " is in use");
    }
  }

  @Nullable Entry get(int pid) {
    return entries.get(pid);
  }

  @Nullable Entry remove(int pid) {
    return entries.remove(pid);
  }

  Collection<Entry> all() {
    return Collections.unmodifiableCollection(entries.values());
  }
}
