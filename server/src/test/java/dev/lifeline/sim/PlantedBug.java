package dev.lifeline.sim;

import dev.lifeline.access.transam.RedoContext;
import dev.lifeline.access.transam.ResourceManager;
import dev.lifeline.access.transam.SimulatedWalTail;
import dev.lifeline.access.transam.WalRecord;
import dev.lifeline.catalog.Invalidations;
import dev.lifeline.events.Emitter;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.journal.JournalFiles;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.file.DiskFile;
import dev.lifeline.storage.ipc.Wakeup;
import dev.lifeline.utils.guc.ServerConfig;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/// Defects that the simulator must find.
enum PlantedBug implements Sabotage {
  /// The WAL is written and not synced.
  DROP_WAL_FSYNC {
    @Override
    public Disk disk(Disk disk) {
      return new DiskWrapper(disk) {
        @Override
        boolean forgetsSync(String path) {
          return path.startsWith("pg_wal/");
        }
      };
    }
  },
  /// A checkpoint does not sync the tables.
  DROP_DATA_FSYNC {
    @Override
    public Disk disk(Disk disk) {
      return new DiskWrapper(disk) {
        @Override
        boolean forgetsSync(String path) {
          return path.startsWith("base/");
        }
      };
    }
  },
  /// New names are not synced.
  DROP_DIRECTORY_FSYNC {
    @Override
    public Disk disk(Disk disk) {
      return new DiskWrapper(disk) {
        @Override
        boolean forgetsDirectorySync(String directory) {
          return true;
        }
      };
    }
  },
  /// Torn pages cannot be repaired.
  SKIP_FULL_PAGE_IMAGES {
    @Override
    public boolean fullPageWrites() {
      return false;
    }
  },
  /// A commit is acknowledged when its record is in memory.
  ACKNOWLEDGE_BEFORE_FLUSH {
    @Override
    public List<ServerConfig.Option> options() {
      return List.of(new ServerConfig.Option("synchronous_commit", "off"));
    }
  },
  /// The split of a B-tree page is not repeated.
  FORGET_TO_LOG_A_SPLIT {
    @Override
    public ResourceManager room(ResourceManager room) {
      return new Forgetful(room, "Btree", "SPLIT");
    }
  },
  /// A heap's delete is not repeated.
  FORGET_TO_LOG_A_DELETE {
    @Override
    public ResourceManager room(ResourceManager room) {
      return new Forgetful(room, "Heap", "DELETE");
    }
  },
  /// What became of transactions is not written at a checkpoint.
  SKIP_CLOG_UPDATE {
    @Override
    public Disk disk(Disk disk) {
      return new DiskWrapper(disk) {
        @Override
        boolean forgetsWrite(String path, long offset) {
          return path.startsWith("pg_xact/");
        }
      };
    }
  },
  /// The files of an aborted CREATE, and of a committed DROP, stay.
  FORGET_TO_UNDO_A_FILE_CREATE {
    @Override
    public Disk disk(Disk disk) {
      return new DiskWrapper(disk) {
        @Override
        boolean forgetsDelete(String path) {
          return path.startsWith("base/");
        }
      };
    }
  },
  /// A subtransaction that was rolled back is visible.
  ABORTED_SUBTRANSACTION_IS_VISIBLE {
    @Override
    public String understood(String statement) {
      return statement.replace("rollback to ", "release ");
    }
  },
  /// FOR UPDATE locks nothing.
  RELEASE_A_ROW_LOCK_TOO_EARLY {
    @Override
    public String understood(String statement) {
      return statement.replace(" for update", "");
    }
  },
  /// Each statement of a REPEATABLE READ transaction takes a snapshot.
  SNAPSHOT_TOO_NEW {
    @Override
    public String understood(String statement) {
      return statement.replace(" isolation level repeatable read", "");
    }
  },
  /// One wake-up in a thousand is lost.
  LOSE_A_WAKEUP {
    @Override
    public Wakeup wakeup(Wakeup wakeup) {
      return new Wakeup() {
        private int promises;

        @Override
        public <T> Promise<T> promise() {
          Promise<T> promise = wakeup.promise();
          return ++promises % 1000 == 0 ? new Deaf<>(promise) : promise;
        }
      };
    }
  },
  /// A page is written to the disk, and the disk forgets one in fifty.
  LOSE_A_WRITE {
    @Override
    public Disk disk(Disk disk) {
      return new DiskWrapper(disk) {
        private int writes;

        @Override
        boolean forgetsWrite(String path, long offset) {
          return path.startsWith("base/") && ++writes % 50 == 0;
        }
      };
    }
  },
  /// What happened is in the memory of the operating system only.
  DROP_JOURNAL_FSYNC {
    @Override
    public JournalFiles journal(JournalFiles files) {
      return new JournalFilesWrapper(files) {
        @Override
        boolean forgetsForce() {
          return true;
        }
      };
    }
  },
  /// One write in a hundred to the event log is lost.
  LOSE_A_SEQUENCE {
    @Override
    public JournalFiles journal(JournalFiles files) {
      return new JournalFilesWrapper(files) {
        private int writes;

        @Override
        int copies() {
          return ++writes % 100 == 0 ? 0 : 1;
        }
      };
    }
  },
  /// One write in a hundred to the event log is made twice.
  DUPLICATE_A_SEQUENCE {
    @Override
    public JournalFiles journal(JournalFiles files) {
      return new JournalFilesWrapper(files) {
        private int writes;

        @Override
        int copies() {
          return ++writes % 100 == 0 ? 2 : 1;
        }
      };
    }
  },
  /// The half line at the end of the event log stays, and the next is written behind it.
  IGNORE_A_TORN_LINE {
    @Override
    public JournalFiles journal(JournalFiles files) {
      return new JournalFilesWrapper(files) {
        @Override
        boolean forgetsTruncate() {
          return true;
        }
      };
    }
  },
  /// Of the last records of the WAL, those whose content was torn are repeated too, and what is
  /// left behind them of the file's earlier use.
  IGNORE_A_TORN_WAL_TAIL {
    @Override
    public void beforeStart(SimPlatter platter, int walSegmentSize) {
      Random random = new Random(0);
      SimScheduler scheduler = new SimScheduler(random);
      Trace silent = new Trace(scheduler, null);
      FaultyDisk disk = new FaultyDisk(platter, scheduler, random, Faults.NONE, silent);
      scheduler.await(SimulatedWalTail.takeForWhole(disk.open(), walSegmentSize));
    }
  },
  /// One in three changes to the catalogs is not told to other sessions.
  LOSE_A_CATALOG_INVALIDATION {
    @Override
    public Invalidations invalidations() {
      AtomicInteger sent = new AtomicInteger();
      return delivery -> {
        if (sent.incrementAndGet() % 3 != 0) {
          delivery.run();
        }
      };
    }
  },
  /// Vacuum takes a block for all-visible whose neighbour is.
  SET_A_VISIBILITY_BIT_WRONGLY {
    @Override
    public Disk disk(Disk disk) {
      return new VisibilityMapSpoiler(disk, (before, now) -> now | (now << 2));
    }
  },
  /// What was all-visible once is taken for all-visible for ever.
  KEEP_A_VISIBILITY_BIT {
    @Override
    public Disk disk(Disk disk) {
      return new VisibilityMapSpoiler(disk, (before, now) -> before | now);
    }
  },
  /// The commit log loses a file whose transactions are still asked for.
  TRUNCATE_THE_CLOG_TOO_EARLY {
    @Override
    public Disk disk(Disk disk) {
      return new DiskWrapper(disk) {
        @Override
        public Future<DiskFile> create(String path) {
          return path.equals("pg_xact/0001")
              ? delete("pg_xact/0000").compose(gone -> super.create(path))
              : super.create(path);
        }
      };
    }
  },
  /// ON CONFLICT does not look for one.
  MISS_A_CONFLICT {
    @Override
    public String understood(String statement) {
      return statement.replaceFirst(" on conflict .*", "");
    }
  },
  /// A crash is not told.
  LOSE_AN_EVENT {
    @Override
    public Emitter emitter(Emitter emitter) {
      return (subject, event, cause, trace) ->
          event instanceof ProcessEvent.Crashed ? 0 : emitter.emit(subject, event, cause, trace);
    }
  };

  /// A promise that nobody hears.
  private record Deaf<T>(Promise<T> promise) implements Promise<T> {
    @Override
    public boolean tryComplete(T result) {
      return true;
    }

    @Override
    public boolean tryFail(Throwable cause) {
      return true;
    }

    @Override
    public Future<T> future() {
      return promise.future();
    }
  }

  /// A room that forgets to repeat one kind of its records.
  private record Forgetful(ResourceManager room, String ofRoom, String kind)
      implements ResourceManager {
    @Override
    public int id() {
      return room.id();
    }

    @Override
    public String name() {
      return room.name();
    }

    @Override
    public void redo(WalRecord record, RedoContext context) {
      if (!room.name().equals(ofRoom) || !room.describe(record).startsWith(kind)) {
        room.redo(record, context);
      }
    }

    @Override
    public String describe(WalRecord record) {
      return room.describe(record);
    }
  }
}
