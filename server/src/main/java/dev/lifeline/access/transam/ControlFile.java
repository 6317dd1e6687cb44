package dev.lifeline.access.transam;

import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.file.DiskFile;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;

/// `global/pg_control`: what a start must know before it can read anything else. It is replaced
/// atomically (written under another name, synced, renamed, the directory synced) and has a
/// checksum.
///
/// The first two fields, the system identifier and the version of the format, are where PostgreSQL
/// has them, so that a data directory of PostgreSQL is recognized as one and not taken for a broken
/// one. Guard of the current content: `this`.
public final class ControlFile {
  public static final String PATH = "global/pg_control";

  /// The version of this file's format, in the place of PostgreSQL's (1300 for release 15).
  public static final int CONTROL_VERSION = 20262;

  /// The version of what is in the system catalogs and on the pages.
  public static final int CATALOG_VERSION = 202611235;

  private static final String TEMPORARY = PATH + ".tmp";
  private static final int SIZE = 512;
  private static final int CRC_AT = 112;

  private final Disk disk;
  private ControlData current;
  private Future<Void> lastWrite = Future.succeededFuture();

  private ControlFile(Disk disk, ControlData current) {
    this.disk = disk;
    this.current = current;
  }

  /// Reads and checks the control file of a data directory.
  public static Future<ControlData> read(Disk disk) {
    MemorySegment memory = Arena.ofAuto().allocate(SIZE, 8);
    return disk.open(PATH)
        .compose(file ->
            file.read(memory, 0).compose(n -> file.close().map(ignored -> check(memory, n))));
  }

  static Future<ControlFile> open(Disk disk) {
    return read(disk).map(data -> new ControlFile(disk, data));
  }

  static ControlFile create(Disk disk, ControlData data) {
    return new ControlFile(disk, data);
  }

  synchronized ControlData current() {
    return current;
  }

  /// Changes the content and makes it durable. Updates are written one after the other. One that
  /// finds no room for the new file has changed nothing and may be tried again; any other failure
  /// is a PANIC, for it is not known which content the next start will find.
  synchronized Future<Void> update(UnaryOperator<ControlData> change) {
    lastWrite = lastWrite.recover(ControlFile::unlessPanic).compose(ignored -> write(change));
    return lastWrite;
  }

  private static Future<Void> unlessPanic(Throwable cause) {
    return cause instanceof PgException e && e.severity() == Severity.PANIC
        ? Future.failedFuture(cause)
        : Future.succeededFuture();
  }

  private Future<Void> write(UnaryOperator<ControlData> change) {
    ControlData data;
    synchronized (this) {
      data = change.apply(current);
    }
    MemorySegment memory = Arena.ofAuto().allocate(SIZE, 8);
    encode(data, memory);
    return disk.create(TEMPORARY)
        .compose(file -> file.write(memory, 0).map(file))
        .compose(file ->
            file.sync()
                .compose(ignored -> file.close())
                .compose(ignored -> disk.rename(TEMPORARY, PATH))
                .compose(ignored -> disk.syncDirectory("global"))
                .recover(ControlFile::panic))
        .onSuccess(ignored -> {
          synchronized (this) {
            current = data;
          }
        });
  }

  private static Future<Void> panic(Throwable cause) {
    return Future.failedFuture(
        cause instanceof PgException e
            ? PgException.panic(e.sqlState(), "%s", e.message())
            : cause);
  }

  private static void encode(ControlData data, MemorySegment m) {
    m.set(PageLayout.LONG, 0, data.systemIdentifier());
    m.set(PageLayout.INT, 8, CONTROL_VERSION);
    m.set(PageLayout.INT, 12, CATALOG_VERSION);
    m.set(PageLayout.INT, 16, data.state().number());
    m.set(PageLayout.INT, 20, PageLayout.PAGE_SIZE);
    m.set(PageLayout.LONG, 24, data.timeMicros());
    m.set(PageLayout.LONG, 32, data.checkpointLsn());
    m.set(PageLayout.LONG, 40, data.redoLsn());
    m.set(PageLayout.INT, 48, data.timeline());
    m.set(PageLayout.INT, 52, data.incarnation());
    m.set(PageLayout.LONG, 56, data.nextXid());
    m.set(PageLayout.LONG, 64, data.nextRelNumber());
    m.set(PageLayout.LONG, 72, data.oldestXid());
    m.set(PageLayout.INT, 80, data.nextOid());
    m.set(PageLayout.INT, 84, data.walSegmentSize());
    ControlData.RecoveryBound recovery = data.recovery();
    m.set(PageLayout.LONG, 88, recovery.minLsn());
    m.set(PageLayout.INT, 96, recovery.minTimeline());
    m.set(PageLayout.INT, 100, recovery.backupEndRequired() ? 1 : 0);
    m.set(PageLayout.LONG, 104, recovery.backupStartLsn());
    m.set(PageLayout.INT, CRC_AT, crc(m));
  }

  private static int crc(MemorySegment m) {
    CRC32C crc = new CRC32C();
    crc.update(m.asSlice(0, CRC_AT).asByteBuffer());
    return (int) crc.getValue();
  }

  private static ControlData check(MemorySegment m, int bytes) {
    if (bytes >= 12) {
      int version = m.get(PageLayout.INT, 8);
      if (version != CONTROL_VERSION) {
        throw incompatible("PG_CONTROL_VERSION", version, CONTROL_VERSION);
      }
    }
    if (bytes < SIZE) {
      throw PgException.fatal(
          SqlState.DATA_CORRUPTED, "could not read file \"%s\": read %d of %d", PATH, bytes, SIZE);
    }
    if (m.get(PageLayout.INT, CRC_AT) != crc(m)) {
      throw PgException.fatal(SqlState.DATA_CORRUPTED, "incorrect checksum in control file");
    }
    int catalog = m.get(PageLayout.INT, 12);
    if (catalog != CATALOG_VERSION) {
      throw incompatible("CATALOG_VERSION_NO", catalog, CATALOG_VERSION);
    }
    int blockSize = m.get(PageLayout.INT, 20);
    if (blockSize != PageLayout.PAGE_SIZE) {
      throw incompatible("BLCKSZ", blockSize, PageLayout.PAGE_SIZE);
    }
    return decode(m);
  }

  private static ControlData decode(MemorySegment m) {
    ControlData.State[] states = ControlData.State.values();
    int state = m.get(PageLayout.INT, 16);
    if (state < 0 || state >= states.length) {
      throw PgException.fatal(
          SqlState.DATA_CORRUPTED, "control file contains invalid database cluster state");
    }
    return new ControlData(
        m.get(PageLayout.LONG, 0),
        states[state],
        m.get(PageLayout.LONG, 24),
        m.get(PageLayout.LONG, 32),
        m.get(PageLayout.LONG, 40),
        m.get(PageLayout.INT, 48),
        m.get(PageLayout.LONG, 56),
        m.get(PageLayout.LONG, 64),
        m.get(PageLayout.INT, 80),
        m.get(PageLayout.LONG, 72),
        m.get(PageLayout.INT, 52),
        m.get(PageLayout.INT, 84),
        new ControlData.RecoveryBound(
            m.get(PageLayout.LONG, 88),
            m.get(PageLayout.INT, 96),
            m.get(PageLayout.LONG, 104),
            m.get(PageLayout.INT, 100) != 0));
  }

  private static PgException incompatible(String what, int found, int expected) {
    String hex = what.equals("PG_CONTROL_VERSION") ? " (0x%08x)" : "";
    return PgException.fatal(
            SqlState.CONFIG_FILE_ERROR, "database files are incompatible with server")
        .detail(
            "The database cluster was initialized with %s %d%s, but the server was compiled with %s"
                + " %d%s.",
            what,
            found,
            String.format(Locale.ROOT, hex, found),
            what,
            expected,
            String.format(Locale.ROOT, hex, expected))
        .hint("It looks like you need to initdb.");
  }

  /// Syncs what an earlier life of the server may have left in the system's cache.
  static Future<Void> sync(Disk disk) {
    return disk.open(PATH).compose(DiskFile::sync);
  }
}
