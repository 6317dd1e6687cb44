package dev.lifeline.sim;

import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.file.DiskFile;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The simulated disk of one life of the server, as each generation of its shared memory opens it.
/// Operations take some virtual time, end in any order, and fail as [Faults] says.
final class FaultyDisk {
  private static final long STALL_NANOS_MAX = 3_000_000_000L;

  private final SimPlatter platter;
  private final SimScheduler scheduler;
  private final Random random;
  private final Faults faults;
  private final Trace trace;
  private long operations;
  private long changes;
  private long reads;
  private long writes;
  private long syncs;
  private long walSyncs;

  /// How the server's life ends here.
  static final class LifeEnds extends Error {
    private static final long serialVersionUID = 1L;

    private final boolean powerLost;

    LifeEnds(boolean powerLost) {
      super(powerLost ? "the power fails" : "the server is killed", null, false, false);
      this.powerLost = powerLost;
    }

    boolean powerLost() {
      return powerLost;
    }
  }

  FaultyDisk(
      SimPlatter platter, SimScheduler scheduler, Random random, Faults faults, Trace trace) {
    this.platter = platter;
    this.scheduler = scheduler;
    this.random = random;
    this.faults = faults;
    this.trace = trace;
  }

  /// Operations that changed something so far.
  long changes() {
    return changes;
  }

  /// The directory as a new generation of shared memory opens it.
  Disk open() {
    return new View();
  }

  private static PgException failure(SqlState state, String verb, String path, String reason) {
    return PgException.error(state, "could not %s file \"%s\": %s", verb, path, reason);
  }

  private static PgException ioError(String verb, String path) {
    return failure(SqlState.IO_ERROR, verb, path, "Input/output error");
  }

  private long latency() {
    if (faults.slow() && random.nextInt(200) == 0) {
      return random.nextLong(STALL_NANOS_MAX);
    }
    return 1_000L + random.nextInt(faults.latencyNanosMax());
  }

  private final class View implements Disk {
    private final Promise<Void> idle = Promise.promise();
    private int inFlight;
    private boolean abandoned;

    /// An operation that changes something: the life may end just before or just after its effect.
    private <T extends @Nullable Object> Future<T> change(
        String what, String path, Supplier<T> effect) {
      return later(() -> {
        changes++;
        boolean walSync =
            what.equals("fsync")
                && path.startsWith("pg_wal/0")
                && ++walSyncs == faults.powerFailsAtWalSync();
        boolean power = walSync || changes == faults.powerFailsAt();
        boolean killed = changes == faults.killedAt();
        boolean before = walSync || ((power || killed) && random.nextBoolean());
        if (power || killed) {
          trace.tell(() ->
              (power ? "power fails " : "killed ")
                  + (before ? "before " : "after ")
                  + what
                  + " of "
                  + path);
        }
        if (before) {
          throw new LifeEnds(power);
        }
        T result = effect.get();
        if (power || killed) {
          throw new LifeEnds(power);
        }
        return result;
      });
    }

    private <T extends @Nullable Object> Future<T> later(Supplier<T> effect) {
      Promise<T> promise = Promise.promise();
      if (abandoned) {
        promise.fail(PgException.fatal(SqlState.CRASH_SHUTDOWN, "the data directory is abandoned"));
        return promise.future();
      }
      inFlight++;
      scheduler.schedule(latency(), () -> perform(effect, promise));
      return promise.future();
    }

    private <T extends @Nullable Object> void perform(Supplier<T> effect, Promise<T> promise) {
      operations++;
      T result = null;
      Throwable failure = null;
      try {
        if (operations == faults.dyingAt()) {
          trace.tell(() -> "somebody dies of a defect");
          throw new IllegalStateException("a defect in the middle");
        }
        result = effect.get();
      } catch (PgException | IllegalStateException e) {
        failure = e;
      }
      inFlight--;
      if (failure == null) {
        promise.complete(result);
      } else {
        String why = failure.getMessage();
        trace.tell(() -> "disk: " + why);
        promise.fail(failure);
      }
      if (abandoned && inFlight == 0) {
        idle.tryComplete();
      }
    }

    private boolean full() {
      return faults.fullFrom() > 0
          && changes >= faults.fullFrom()
          && changes < faults.fullFrom() + faults.fullFor();
    }

    private void needsRoom(String verb, String path) {
      if (full()) {
        throw failure(SqlState.DISK_FULL, verb, path, "No space left on device");
      }
    }

    @Override
    public Future<DiskFile> open(String path) {
      return later(() -> new Handle(path, found("open", path)));
    }

    private SimPlatter.Inode found(String verb, String path) {
      SimPlatter.Inode inode = platter.find(path);
      if (inode == null) {
        throw failure(SqlState.UNDEFINED_FILE, verb, path, "No such file or directory");
      }
      return inode;
    }

    @Override
    public Future<DiskFile> create(String path) {
      return change(
          "create",
          path,
          () -> {
            if (platter.find(path) == null) {
              needsRoom("create", path);
            }
            return new Handle(path, platter.create(path));
          });
    }

    @Override
    public Future<Boolean> exists(String path) {
      return later(() -> platter.find(path) != null);
    }

    @Override
    public Future<List<String>> list(String directory) {
      return later(() -> platter.list(directory));
    }

    private Future<Void> effect(String what, String path, Runnable effect) {
      return this.<@Nullable Void>change(
              what,
              path,
              () -> {
                effect.run();
                return null;
              })
          .mapEmpty();
    }

    @Override
    public Future<Void> createDirectory(String directory) {
      return effect("mkdir", directory, () -> platter.createDirectory(directory));
    }

    @Override
    public Future<Void> delete(String path) {
      return effect("remove", path, () -> platter.delete(path));
    }

    @Override
    public Future<Void> rename(String from, String to) {
      return effect("rename", from, () -> platter.rename(from, to));
    }

    @Override
    public Future<Void> syncDirectory(String directory) {
      return effect("fsync", directory, () -> platter.syncDirectory(directory));
    }

    @Override
    public Disk dedicated() {
      return this;
    }

    @Override
    public Future<Void> abandon() {
      abandoned = true;
      if (inFlight == 0) {
        idle.tryComplete();
      }
      return idle.future();
    }

    private final class Handle implements DiskFile {
      private final String path;
      private final SimPlatter.Inode inode;

      Handle(String path, SimPlatter.Inode inode) {
        this.path = path;
        this.inode = inode;
      }

      @Override
      public String path() {
        return path;
      }

      @Override
      public Future<Integer> read(MemorySegment into, long offset) {
        return later(() -> {
          if (++reads == faults.readFailsAt()) {
            throw ioError("read", path);
          }
          return inode.read(into, offset);
        });
      }

      @Override
      public Future<Void> write(MemorySegment from, long offset) {
        return effect(
            "write",
            path,
            () -> {
              if (offset + from.byteSize() > inode.size()) {
                needsRoom("write", path);
              }
              if (++writes == faults.writeFailsAt()) {
                throw ioError("write", path);
              }
              inode.write(from, offset);
            });
      }

      @Override
      public Future<Void> sync() {
        return effect(
            "fsync",
            path,
            () -> {
              if (++syncs == faults.syncFailsAt()) {
                if (!path.startsWith("pg_wal/")) {
                  inode.failSync(random);
                }
                throw ioError("fsync", path);
              }
              inode.sync();
            });
      }

      @Override
      public Future<Long> size() {
        return later(() -> (long) inode.size());
      }

      @Override
      public Future<Void> truncate(long size) {
        return effect("truncate", path, () -> inode.truncate((int) size));
      }

      @Override
      public Future<Void> close() {
        return later(() -> null).mapEmpty();
      }
    }
  }
}
