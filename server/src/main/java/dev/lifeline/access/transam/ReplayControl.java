package dev.lifeline.access.transam;

import dev.lifeline.storage.ipc.Wakeup;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/// What sessions see of a recovery and can tell it. Guard of the pause: `this`.
public final class ReplayControl {
  /// As `pg_get_wal_replay_pause_state` calls them.
  public enum PauseState {
    NOT_PAUSED("not paused"),
    PAUSED("paused");

    private final String words;

    PauseState(String words) {
      this.words = words;
    }

    public String words() {
      return words;
    }
  }

  private final Wakeup wakeup;
  private volatile boolean inRecovery;
  private volatile long replayedLsn;
  private volatile long lastXactMicros;
  private @Nullable Promise<Void> pause;
  private boolean promoted;

  ReplayControl(Wakeup wakeup) {
    this.wakeup = wakeup;
  }

  void begin() {
    inRecovery = true;
  }

  void end() {
    inRecovery = false;
  }

  void replayed(long endLsn) {
    replayedLsn = endLsn;
  }

  void transactionEnded(long micros) {
    lastXactMicros = micros;
  }

  /// `pg_is_in_recovery`: nothing can be written.
  public boolean isInRecovery() {
    return inRecovery;
  }

  /// Where the last record that was repeated ends; 0 where none was.
  public long replayedLsn() {
    return replayedLsn;
  }

  /// When the last transaction that was repeated ended; 0 where none was.
  public long lastXactMicros() {
    return lastXactMicros;
  }

  /// Completes when somebody lets recovery go on.
  synchronized Future<Void> pause() {
    Promise<Void> made = wakeup.promise();
    pause = made;
    return made.future();
  }

  public synchronized PauseState pauseState() {
    return pause == null ? PauseState.NOT_PAUSED : PauseState.PAUSED;
  }

  public void resume() {
    Promise<Void> waiting;
    synchronized (this) {
      waiting = pause;
      pause = null;
    }
    if (waiting != null) {
      waiting.tryComplete();
    }
  }

  /// The recovery is to end now.
  public void promote() {
    synchronized (this) {
      promoted = true;
    }
    resume();
  }

  synchronized boolean isPromoted() {
    return promoted;
  }
}
