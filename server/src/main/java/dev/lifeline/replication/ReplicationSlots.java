package dev.lifeline.replication;

import dev.lifeline.catalog.SlotNames;
import dev.lifeline.replication.ReplicationSlot.State;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.file.DurableFile;
import dev.lifeline.utils.adt.ByteWriter;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// The slots of the cluster, and their files: `pg_replslot/<name>/state`, replaced atomically.
///
/// ```
/// magic 4, version 4, checksum 4 (CRC-32C of what follows), length 4
/// restart LSN 8, confirmed LSN 8, database 4, lost 1, plugin and name: length 4, UTF-8
/// ```
///
/// Guarded by its monitor.
public final class ReplicationSlots {
  static final String DIRECTORY = "pg_replslot";

  private static final int MAGIC = 0x5245504C;
  private static final int VERSION = 1;
  private static final int HEADER = 16;

  private final Disk disk;
  private final int slotsMax;
  private final Map<String, ReplicationSlot> slots = new TreeMap<>();

  /// @param slotsMax `max_replication_slots`
  ReplicationSlots(Disk disk, int slotsMax) {
    this.disk = disk;
    this.slotsMax = slotsMax;
  }

  /// Reads them, and removes what a crash has left of temporary and half-made ones.
  Future<Void> load() {
    return disk.list(DIRECTORY)
        .compose(names -> {
          Future<Void> done = Future.succeededFuture();
          for (String name : names) {
            done = done.compose(ignored -> load(name));
          }
          return done;
        });
  }

  private Future<Void> load(String name) {
    String directory = DIRECTORY + "/" + name;
    return disk.list(directory)
        .compose(files -> {
          Future<Void> cleaned = Future.succeededFuture();
          for (String file : files) {
            if (!file.equals("state")) {
              cleaned = cleaned.compose(ignored -> disk.delete(directory + "/" + file));
            }
          }
          return cleaned.compose(
              ignored -> files.contains("state") ? readState(directory) : disk.delete(directory));
        });
  }

  private Future<Void> readState(String directory) {
    String path = directory + "/state";
    return disk.contents(path)
        .map(content -> {
          ReplicationSlot slot = parse(path, content);
          synchronized (this) {
            if (slots.size() >= slotsMax) {
              throw PgException.fatal(
                      SqlState.CONFIGURATION_LIMIT_EXCEEDED,
                      "too many replication slots active before shutdown")
                  .hint("Increase max_replication_slots and try again.");
            }
            slots.put(slot.name(), slot);
          }
          return null;
        });
  }

  private static ReplicationSlot parse(String path, byte[] content) {
    ByteBuffer in = ByteBuffer.wrap(content);
    CRC32C crc = new CRC32C();
    if (content.length > HEADER) {
      crc.update(content, HEADER, content.length - HEADER);
    }
    if (content.length <= HEADER
        || in.getInt() != MAGIC
        || in.getInt() != VERSION
        || in.getInt() != (int) crc.getValue()
        || in.getInt() != content.length - HEADER) {
      throw PgException.panic(
          SqlState.DATA_CORRUPTED, "replication slot file \"%s\" is corrupted", path);
    }
    long restart = in.getLong();
    long confirmed = in.getLong();
    int database = in.getInt();
    boolean lost = in.get() != 0;
    String plugin = text(in);
    ReplicationSlot slot =
        new ReplicationSlot(text(in), plugin, database, false, restart, confirmed);
    if (lost) {
      slot.lose();
    }
    slot.takeDirty();
    return slot;
  }

  private static String text(ByteBuffer in) {
    byte[] bytes = new byte[in.getInt()];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static byte[] content(State state) {
    ByteWriter out = new ByteWriter(128);
    out.int64(state.restart());
    out.int64(state.confirmed());
    out.int32(state.databaseOid());
    out.int8(state.lost() ? 1 : 0);
    text(out, state.plugin());
    text(out, state.name());
    byte[] body = out.toBytes();
    CRC32C crc = new CRC32C();
    crc.update(body);
    ByteWriter whole = new ByteWriter(HEADER + body.length);
    whole.int32(MAGIC);
    whole.int32(VERSION);
    whole.int32((int) crc.getValue());
    whole.int32(body.length);
    whole.bytes(body);
    return whole.toBytes();
  }

  private static void text(ByteWriter out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.int32(bytes.length);
    out.bytes(bytes);
  }

  /// Makes a slot durable, if it has changed. A temporary one has a directory, but no state in it.
  Future<Void> save(ReplicationSlot slot) {
    State state = slot.takeDirty();
    if (state == null) {
      return Future.succeededFuture();
    }
    String directory = slot.directory();
    if (slot.temporary()) {
      slot.saved(state);
      return disk.createDirectory(directory);
    }
    return disk.createDirectory(directory)
        .compose(ignored -> DurableFile.replace(disk, directory, "state", content(state)))
        .compose(ignored -> disk.syncDirectory(DIRECTORY))
        .onSuccess(ignored -> slot.saved(state))
        .onFailure(failed -> slot.notSaved());
  }

  /// Makes all slots durable.
  Future<Void> saveAll() {
    Future<Void> done = Future.succeededFuture();
    for (ReplicationSlot slot : list()) {
      done = done.compose(ignored -> save(slot));
    }
    return done;
  }

  /// A new slot, in the hands of a process.
  ///
  /// @param restartLsn from where WAL is kept
  synchronized ReplicationSlot create(
      String name, String plugin, int databaseOid, boolean temporary, long restartLsn, int pid) {
    SlotNames.check(name);
    if (slots.containsKey(name)) {
      throw PgException.error(
          SqlState.DUPLICATE_OBJECT, "replication slot \"%s\" already exists", name);
    }
    if (slots.size() >= slotsMax) {
      throw PgException.error(
              SqlState.CONFIGURATION_LIMIT_EXCEEDED, "all replication slots are in use")
          .hint("Free one or increase max_replication_slots.");
    }
    ReplicationSlot slot =
        new ReplicationSlot(name, plugin, databaseOid, temporary, restartLsn, restartLsn);
    slot.acquire(pid);
    slots.put(name, slot);
    return slot;
  }

  /// Takes a slot for a process.
  synchronized ReplicationSlot acquire(String name, int pid) {
    ReplicationSlot slot = slots.get(name);
    if (slot == null) {
      throw PgException.error(
          SqlState.UNDEFINED_OBJECT, "replication slot \"%s\" does not exist", name);
    }
    int other = slot.acquire(pid);
    if (other != 0) {
      throw PgException.error(
          SqlState.OBJECT_IN_USE, "replication slot \"%s\" is active for PID %d", name, other);
    }
    return slot;
  }

  synchronized @Nullable ReplicationSlot find(String name) {
    return slots.get(name);
  }

  /// Removes a slot that the caller has acquired, and its files.
  Future<Void> drop(ReplicationSlot slot) {
    synchronized (this) {
      slots.remove(slot.name());
    }
    String directory = slot.directory();
    return disk.list(directory)
        .compose(files -> {
          Future<Void> done = Future.succeededFuture();
          if (files.contains("state")) {
            // Without its state nobody takes the rest for a slot.
            done = disk.delete(directory + "/state").compose(i -> disk.syncDirectory(directory));
          }
          for (String file : files) {
            if (!file.equals("state")) {
              done = done.compose(ignored -> disk.delete(directory + "/" + file));
            }
          }
          return done;
        })
        .compose(ignored -> disk.delete(directory))
        .compose(ignored -> disk.syncDirectory(DIRECTORY));
  }

  /// How many slots of a database are in use.
  public int active(int databaseOid) {
    return Math.toIntExact(
        list().stream()
            .filter(slot -> slot.databaseOid() == databaseOid && slot.activePid() != 0)
            .count());
  }

  /// Drops the slots of a database that goes.
  public Future<Void> dropAll(int databaseOid) {
    Future<Void> done = Future.succeededFuture();
    for (ReplicationSlot slot : list()) {
      if (slot.databaseOid() == databaseOid) {
        done = done.compose(ignored -> drop(slot));
      }
    }
    return done;
  }

  public synchronized List<ReplicationSlot> list() {
    return new ArrayList<>(slots.values());
  }

  /// The oldest WAL that a slot needs.
  long keepFrom() {
    long oldest = Long.MAX_VALUE;
    for (ReplicationSlot slot : list()) {
      oldest = Math.min(oldest, slot.keepFrom());
    }
    return oldest;
  }
}
