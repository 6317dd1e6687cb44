package dev.lifeline.access.transam;

import dev.lifeline.events.Emitter;
import dev.lifeline.events.Subject;
import dev.lifeline.events.WalEvent;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// After a checkpoint: segments before its redo point are given the names of future ones, as many
/// as the next interval is expected to fill, and the others are removed.
final class WalRecycler {
  private final WalFiles files;
  private final Emitter emitter;
  private final Supplier<Subject> subject;

  WalRecycler(WalFiles files, Emitter emitter, Supplier<Subject> subject) {
    this.files = files;
    this.emitter = emitter;
    this.subject = subject;
  }

  /// What was done.
  record Result(int removed, int recycled) {}

  /// @param keepFrom its segment and later ones are needed
  /// @param recycleTo so far segments are prepared
  Future<Result> run(long keepFrom, long recycleTo) {
    return files
        .list()
        .compose(names -> {
          List<String> old = new ArrayList<>();
          long newest = keepFrom;
          for (String name : names) {
            long start = WalFormat.segmentStart(name, files.segmentSize());
            if (start + files.segmentSize() <= keepFrom) {
              old.add(name);
            } else {
              newest = Math.max(newest, start);
            }
          }
          long next = newest - newest % files.segmentSize() + files.segmentSize();
          return new Run(old, next, recycleTo).next();
        });
  }

  private final class Run {
    private final List<String> old;
    private final long recycleTo;
    private long future;
    private int at;
    private int removed;
    private int recycled;

    Run(List<String> old, long future, long recycleTo) {
      this.old = old;
      this.future = future;
      this.recycleTo = recycleTo;
    }

    Future<Result> next() {
      if (at == old.size()) {
        Result result = new Result(removed, recycled);
        return old.isEmpty()
            ? Future.succeededFuture(result)
            : files.syncDirectory().map(ignored -> result);
      }
      String name = old.get(at);
      return files
          .archived(name)
          .compose(archived -> archived ? giveBack(name) : skip())
          .compose(ignored -> next());
    }

    private Future<Void> skip() {
      at++;
      return Future.succeededFuture();
    }

    private Future<Void> giveBack(String name) {
      if (future >= recycleTo) {
        at++;
        removed++;
        return files
            .remove(name)
            .compose(ignored -> files.forgetStatus(name))
            .onSuccess(ignored -> tell(name, null));
      }
      long target = future;
      future += files.segmentSize();
      return files
          .recycle(name, target)
          .compose(done -> {
            if (!done) {
              return Future.succeededFuture();
            }
            at++;
            recycled++;
            tell(name, files.name(target));
            return files.forgetStatus(name);
          });
    }

    private void tell(String name, @Nullable String recycledAs) {
      emitter.emit(subject.get(), new WalEvent.SegmentRecycled(name, recycledAs));
    }
  }
}
