package dev.lifeline.commands;

import dev.lifeline.executor.SessionContext;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.Timers;

/// Lets the other sessions of the event loop have their turn during a command that computes for
/// long.
final class TimeSlice implements Runnable {
  private final SessionContext session;
  private long end;

  TimeSlice(SessionContext session) {
    this.session = session;
  }

  /// To be called where the command can be asked again.
  ///
  /// @throws NotYet when the slice is over; the next call begins a new one
  @Override
  public void run() {
    long now = session.clock().nanoTime();
    if (end == 0) {
      end = now + Timers.TURN_NANOS;
    } else if (now - end >= 0) {
      end = 0;
      throw new NotYet(session.timers().yieldTurn());
    }
  }
}
