package dev.lifeline.executor;

import dev.lifeline.access.transam.Snapshot;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.Timers;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.guc.Gucs;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One execution of a plan: what its operators share.
///
/// It also keeps the statement from holding its event loop: operators that work for long call
/// [#tick] where they can stop, and when the turn is over that throws [NotYet], so that the other
/// sessions of the loop get theirs, and a cancel request is seen.
public final class ExecState {
  private static final int ROWS_BETWEEN_LOOKS = 8;

  private final SessionContext session;
  private final Snapshot snapshot;
  private final Batch params;
  private final Batch exec;
  private final @Nullable Object[] cells;
  private long turnEnd;
  private int rows;
  private @Nullable Snapshot crosscheck;

  /// @param exec the parameters that operators set: a batch of one row
  /// @param cells how many subplans and WITH queries keep state here
  ExecState(SessionContext session, Snapshot snapshot, Batch params, Batch exec, int cells) {
    this.session = session;
    this.snapshot = snapshot;
    this.params = params;
    this.exec = exec;
    this.cells = new @Nullable Object[cells];
  }

  public SessionContext session() {
    return session;
  }

  public Xact xact() {
    return session.xact();
  }

  public Snapshot snapshot() {
    return snapshot;
  }

  /// Rows that this snapshot does not show must not be changed; null where there are no such.
  public @Nullable Snapshot crosscheck() {
    return crosscheck;
  }

  void crosscheck(@Nullable Snapshot snapshot) {
    crosscheck = snapshot;
  }

  /// Bytes that one sort or hash may take.
  public long memory() {
    return session.gucs().get(Gucs.WORK_MEM) * 1024L;
  }

  /// What the temporary files may take, in kB; -1 for any number.
  public long tempFileLimitKb() {
    return session.gucs().get(Gucs.TEMP_FILE_LIMIT);
  }

  public EvalContext context() {
    return session.evalContext();
  }

  /// The parameters that operators set.
  public Batch exec() {
    return exec;
  }

  /// What a subplan or a WITH query keeps during the execution; null at first.
  public @Nullable Object cell(int index) {
    return cells[index];
  }

  public void cell(int index, Object value) {
    cells[index] = value;
  }

  /// Forgets what some of them keep.
  public void clearCells(int from, int to) {
    Arrays.fill(cells, from, to, null);
  }

  /// A frame for the expressions of one level of the plan.
  public EvalFrame newFrame() {
    EvalFrame frame = new EvalFrame(session.evalContext());
    frame.params = params;
    frame.exec = exec;
    frame.owner = this;
    return frame;
  }

  /// The driver got its turn.
  void beginTurn() {
    turnEnd = session.clock().nanoTime() + Timers.TURN_NANOS;
  }

  boolean turnIsOver() {
    return session.clock().nanoTime() - turnEnd >= 0;
  }

  /// Called by operators that work for long, where they can be asked again: at least once in some
  /// tens of microseconds, for a page or a batch of rows.
  ///
  /// @throws NotYet when the turn is over
  public void tick() {
    if (turnIsOver()) {
      session.checkForInterrupts();
      throw new NotYet(session.timers().yieldTurn());
    }
  }

  /// As [#tick], for operators that call it for each row.
  ///
  /// @throws NotYet when the turn is over
  public void tickRow() {
    if (++rows % ROWS_BETWEEN_LOOKS == 0) {
      tick();
    }
  }
}
