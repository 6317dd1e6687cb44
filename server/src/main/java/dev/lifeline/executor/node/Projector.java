package dev.lifeline.executor.node;

import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;

/// Evaluates expressions for all rows of a batch, each into a column of its own. Where one must
/// wait it is asked again, with the same batch, and goes on where it stopped.
final class Projector {
  private final EvalFrame frame;
  private final Evaluator[] evaluators;
  private final Column[] columns;
  private int column;
  private int row;

  Projector(EvalFrame frame, Evaluator[] evaluators, int capacity) {
    this.frame = frame;
    this.evaluators = evaluators;
    this.columns = new Column[evaluators.length];
    for (int i = 0; i < evaluators.length; i++) {
      columns[i] = new Column(evaluators[i].rep(), Math.max(1, capacity));
    }
  }

  Column[] project(Batch batch) {
    frame.input = batch;
    while (column < evaluators.length) {
      frame.row = row;
      try {
        evaluators[column].evalAll(frame, row, batch.size(), columns[column]);
      } catch (NotYet notYet) {
        row = frame.row;
        throw notYet;
      }
      column++;
      row = 0;
    }
    column = 0;
    return columns;
  }

  /// The results for the last batch.
  Column[] columns() {
    return columns;
  }

  Column column(int index) {
    return columns[index];
  }

  /// Forgets a batch that was begun.
  void reset() {
    column = 0;
    row = 0;
  }
}
