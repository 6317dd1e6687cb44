package dev.lifeline.sim;

import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What happened in a run, line by line, for whoever wants to read it: the text is made only then.
final class Trace {
  private final SimScheduler scheduler;
  private final @Nullable Consumer<String> lines;

  /// @param lines gets the lines; null where nobody reads them
  Trace(SimScheduler scheduler, @Nullable Consumer<String> lines) {
    this.scheduler = scheduler;
    this.lines = lines;
  }

  void tell(Supplier<String> line) {
    Consumer<String> reader = lines;
    if (reader != null) {
      reader.accept("%12.3f %s".formatted(scheduler.nanoTime() / 1e6, line.get()));
    }
  }
}
