package dev.lifeline.access.transam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.access.EngineConfig;
import dev.lifeline.access.MemoryDisk;
import dev.lifeline.access.RecoveryConfig;
import dev.lifeline.access.StorageFixture;
import dev.lifeline.access.StorageFixture.Session;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.table.TableScan;
import dev.lifeline.events.RecoveryEvent;
import dev.lifeline.events.WalEvent;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.file.DiskFile;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.RelFileLocator;
import dev.lifeline.utils.error.PgException;
import io.vertx.core.Future;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A base copy that was made while rows were inserted, an archive, and what comes of them: exactly
/// the transactions up to the target, or a refusal in PostgreSQL's words.
class ArchiveRecoveryTest {
  private static final int SEGMENT = 1 << 20;
  private static final long TABLE = 20_000;

  /// The archive, and what every transaction left behind when it was committed.
  private final Map<String, byte[]> archive = new TreeMap<>();

  private final List<Commit> commits = new ArrayList<>();
  private final List<String> log = new ArrayList<>();
  private final StorageFixture primary = new StorageFixture(config(), fresh());
  private final Session session = primary.session(1);
  private final Table table = primary.createTable(session, TABLE, 100);
  private MemoryDisk base = new MemoryDisk();
  private int next;

  /// @param rows that are visible after it
  private record Commit(long xid, long timeMicros, long endLsn, int rows) {}

  private static EngineConfig config() {
    return config(StorageFixture.config(64).maxWalSize());
  }

  private static EngineConfig config(long maxWalSize) {
    EngineConfig d = StorageFixture.config(64);
    return new EngineConfig(
        64,
        d.walBuffers(),
        SEGMENT,
        true,
        true,
        d.minWalSize(),
        maxWalSize,
        0.9,
        300_000,
        100,
        2.0,
        0,
        5,
        true);
  }

  private static MemoryDisk fresh() {
    MemoryDisk disk = new MemoryDisk();
    assertTrue(
        dev.lifeline.access.Initdb.run(disk, config(), new StorageFixture.Time(), 1).succeeded());
    return disk;
  }

  private static byte[] row(int number) {
    return ByteBuffer.allocate(600).order(ByteOrder.nativeOrder()).putInt(number).array();
  }

  private void insert(int count) {
    for (int i = 0; i < count; i++) {
      Xact xact = session.begin();
      primary.run(() -> table.insert(xact, row(next)));
      next++;
      long xid = xact.xid();
      tick();
      session.commit(xact);
      commits.add(new Commit(xid, primary.time.epochMicros(), wal().insertLsn(), next));
    }
  }

  private void tick() {
    primary.time.schedule(1_000_000, () -> {});
    primary.time.runOne(Long.MAX_VALUE);
  }

  private Wal wal() {
    return primary.shared.wal();
  }

  /// Does the archiver's work.
  private void archive(MemoryDisk disk) {
    for (String name : disk.list("pg_wal/archive_status").result()) {
      if (name.endsWith(".ready")) {
        String file = name.substring(0, name.length() - 6);
        assertEquals(null, archive.putIfAbsent(file, read(disk, "pg_wal/" + file)), file);
        disk.rename("pg_wal/archive_status/" + name, "pg_wal/archive_status/" + file + ".done");
      }
    }
  }

  private static byte[] read(Disk disk, String path) {
    DiskFile file = disk.open(path).result();
    MemorySegment memory = Arena.ofAuto().allocate(file.size().result());
    file.read(memory, 0);
    return memory.toArray(ValueLayout.JAVA_BYTE);
  }

  private static void write(Disk disk, String path, byte[] content) {
    DiskFile file = disk.create(path).result();
    file.truncate(0);
    file.write(
        Arena.ofAuto()
            .allocate(content.length + 1L, 8)
            .asSlice(0, content.length)
            .copyFrom(MemorySegment.ofArray(content)),
        0);
  }

  /// Copies file by file while rows are inserted and checkpoints happen; the log is not copied.
  @BeforeEach
  void makeBaseCopy() {
    insert(200);
    BackupLabel label = primary.await(primary.shared.backups().start("base", true, "UTC"));
    for (String directory : List.of("base/" + StorageFixture.DATABASE, "pg_xact", ".", "global")) {
      for (String name : primary.disk.list(directory).result()) {
        insert(300);
        String path = directory + "/" + name;
        write(base, path, read(primary.disk, path));
      }
      primary.await(primary.shared.checkpoint(CheckpointRequest.requested()));
    }
    insert(1600);
    Backups.Stopped stopped = primary.await(primary.shared.backups().stop(label, "UTC"));
    write(base, BackupLabel.PATH, stopped.label().text().getBytes(StandardCharsets.UTF_8));
    write(base, RecoverySource.RECOVERY_SIGNAL, new byte[0]);
    insert(3000);
    primary.await(primary.shared.backups().restorePoint("here"));
    commits.add(new Commit(-1, 0, wal().insertLsn(), next));
    insert(300);
    wal().switchSegment();
    primary.await(wal().flushAll());
    archive(primary.disk);
  }

  private RecoveryConfig recovery(
      RecoveryConfig.Target target, boolean inclusive, MemoryDisk disk) {
    return recovery(target, inclusive, "latest", disk);
  }

  private RecoveryConfig recovery(
      RecoveryConfig.Target target, boolean inclusive, String timeline, MemoryDisk disk) {
    return new RecoveryConfig(
        target,
        inclusive,
        "promote",
        timeline,
        "UTC",
        () -> new RecoveryConfig.Commands("restore %f %p", "", ""),
        command -> {
          String[] words = command.split(" ", -1);
          byte[] content = archive.get(words[1]);
          if (content != null && content.length == 1) {
            return Future.succeededFuture((int) content[0] & 0xff);
          }
          if (content != null) {
            write(disk, words[2], content);
          }
          return Future.succeededFuture(content == null ? 1 : 0);
        });
  }

  private RecoveryListener listener() {
    return (RecoveryListener)
        java.lang.reflect.Proxy.newProxyInstance(
            RecoveryListener.class.getClassLoader(),
            new Class<?>[] {RecoveryListener.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("report")) {
                log.add(((PgException) arguments[0]).message());
              }
              return null;
            });
  }

  private StorageFixture recover(MemoryDisk disk, RecoveryConfig.Target target, boolean inclusive) {
    log.clear();
    return new StorageFixture(config(), disk, recovery(target, inclusive, disk), listener());
  }

  private static RecoveryConfig.Target xid(long xid) {
    return new RecoveryConfig.Target("", "", "", null, Long.toString(xid));
  }

  private static RecoveryConfig.Target name(String name) {
    return new RecoveryConfig.Target("", "", name, null, "");
  }

  /// The numbers of the visible rows; the heap must be whole.
  private static Set<Integer> rows(StorageFixture storage) {
    Table table =
        storage.heap.open(new RelFileLocator(StorageFixture.DATABASE, TABLE), (int) TABLE, 100);
    Session session = storage.session(9);
    Xact xact = session.begin();
    TreeSet<Integer> rows = new TreeSet<>();
    TableScan scan = table.scan(xact, xact.latestSnapshot());
    while (storage.run(
        () ->
            scan.next((tid, m, offset, length) -> rows.add(m.get(PageLayout.INT, offset)), 100))) {}
    session.commit(xact);
    assertEquals(List.of(), storage.problems(table));
    return rows;
  }

  private static void assertRows(int count, StorageFixture storage) {
    Set<Integer> rows = rows(storage);
    assertEquals(count, rows.size());
    assertEquals(count - 1, Collections.max(rows));
  }

  private Commit late(int i) {
    return commits.get(commits.size() - 1 - i);
  }

  private void end(StorageFixture storage) {
    storage.await(storage.shared.abandon());
  }

  @Test
  void everyKindOfTargetIsExact() {
    for (int back : new int[] {310, 1200, 2500}) {
      Commit at = late(back);
      Commit after = late(back - 1);
      Commit before = late(back + 1);
      RecoveryConfig.Target time = new RecoveryConfig.Target("", "", "", at.timeMicros, "");
      RecoveryConfig.Target lsn =
          new RecoveryConfig.Target("", dev.lifeline.events.Lsn.format(at.endLsn), "", null, "");
      List.of(
              Map.entry(xid(at.xid), true),
              Map.entry(xid(at.xid), false),
              Map.entry(time, true),
              Map.entry(time, false),
              Map.entry(lsn, false))
          .forEach(target -> {
            StorageFixture storage = recover(base.copy(), target.getKey(), target.getValue());
            boolean exclusive = !target.getValue() && !target.getKey().equals(lsn);
            assertRows((exclusive ? before : at).rows, storage);
            end(storage);
          });
      assertTrue(after.rows > at.rows);
    }
    StorageFixture storage = recover(base.copy(), name("here"), true);
    assertRows(commits.stream().filter(c -> c.xid == -1).findFirst().orElseThrow().rows, storage);
    end(storage);
    storage = recover(base.copy(), RecoveryConfig.Target.NONE, true);
    assertRows(next, storage);
    end(storage);
  }

  @Test
  void theLogSaysWhatHappens() {
    MemoryDisk disk = base.copy();
    StorageFixture storage = recover(disk, name("here"), true);

    List<String> words =
        log.stream()
            .map(line ->
                line.replaceAll("[0-9A-F]{24}", "SEGMENT").replaceAll("[0-9A-F]+/[0-9A-F]+", "LSN"))
            .map(line -> line.replaceAll("\\d{4}-.*", "TIME"))
            .distinct()
            .toList();
    assertEquals(
        List.of(
            "starting point-in-time recovery to \"here\"",
            "starting backup recovery with redo LSN LSN, checkpoint LSN LSN, on timeline ID 1",
            "restored log file \"SEGMENT\" from archive",
            "completed backup recovery with redo LSN LSN and end LSN LSN",
            "consistent recovery state reached at LSN",
            "recovery stopping at restore point \"here\", time TIME",
            "last completed transaction was at log time TIME",
            "selected new timeline ID: 2",
            "archive recovery complete"),
        words);
    assertTrue(storage.events.events(WalEvent.SegmentRestored.class).size() >= 3);
    assertEquals(
        "name here", storage.events.events(RecoveryEvent.TargetReached.class).getFirst().target());
    assertEquals(
        2, storage.events.events(RecoveryEvent.TimelineSwitched.class).getFirst().toTimeline());
    assertEquals(2, storage.shared.controlData().timeline());
    assertTrue(!disk.exists(RecoverySource.RECOVERY_SIGNAL).result());
    assertTrue(disk.exists("backup_label.old").result());
    end(storage);
  }

  /// The second timeline is archived beside the first; each can be recovered to, and what the
  /// abandoned one had after the switch is on that one only.
  @Test
  void timelinesLiveBesideEachOther() {
    MemoryDisk second = base.copy();
    StorageFixture storage = recover(second, name("here"), true);
    int common = rows(storage).size();
    Session writer = storage.session(2);
    Table table =
        storage.heap.open(new RelFileLocator(StorageFixture.DATABASE, TABLE), (int) TABLE, 100);
    for (int i = 0; i < 50; i++) {
      int number = 1_000_000 + i;
      Xact xact = writer.begin();
      storage.run(() -> table.insert(xact, row(number)));
      writer.commit(xact);
    }
    storage.shared.wal().switchSegment();
    storage.await(storage.shared.wal().flushAll());
    archive(second);
    end(storage);
    assertTrue(archive.containsKey("00000002.history"));
    assertTrue(archive.keySet().stream().anyMatch(name -> name.startsWith("00000002000")));

    StorageFixture latest = recover(base.copy(), RecoveryConfig.Target.NONE, true);
    assertEquals(common + 50, rows(latest).size());
    assertEquals(3, latest.shared.controlData().timeline());
    end(latest);

    MemoryDisk disk = base.copy();
    StorageFixture first =
        new StorageFixture(
            config(), disk, recovery(RecoveryConfig.Target.NONE, true, "1", disk), listener());
    assertRows(next, first);
    assertEquals(3, first.shared.controlData().timeline(), "2 is another's");
    end(first);
  }

  private String refusal(MemoryDisk disk, RecoveryConfig.Target target, boolean inclusive) {
    return assertThrows(PgException.class, () -> recover(disk, target, inclusive)).message();
  }

  private String segment(int fromEnd) {
    List<String> names = archive.keySet().stream().filter(name -> name.length() == 24).toList();
    return names.get(names.size() - 1 - fromEnd);
  }

  @Test
  void aTargetThatDoesNotComeIsRefused() {
    assertEquals(
        "recovery ended before configured recovery target was reached",
        refusal(base.copy(), name("nowhere"), true));
    assertEquals(
        "requested recovery stop point is before consistent recovery point",
        refusal(base.copy(), xid(commits.get(230).xid), true));
    assertEquals(
        "recovery target timeline 7 does not exist",
        assertThrows(
                PgException.class,
                () -> {
                  MemoryDisk disk = base.copy();
                  new StorageFixture(
                      config(), disk, recovery(name("here"), true, "7", disk), listener());
                })
            .message());
  }

  @Test
  void aStandbyIsRefusedByItsName() {
    MemoryDisk disk = base.copy();
    write(disk, "standby.signal", new byte[0]);
    PgException refused =
        assertThrows(
            PgException.class,
            () ->
                new StorageFixture(
                    config(), disk, recovery(name("here"), true, "latest", disk), listener()));
    assertEquals("0A000", refused.sqlState().code());
    assertEquals("standby mode (standby.signal) is not supported by Lifeline", refused.message());
    assertTrue(disk.exists("standby.signal").result(), "it is not taken for done");
  }

  @Test
  void aDamagedArchiveIsNotTakenForItsEnd() {
    byte[] whole = Objects.requireNonNull(archive.get(segment(1)));
    archive.put(segment(1), java.util.Arrays.copyOf(whole, SEGMENT / 2));
    assertEquals(
        "archive file \"%s\" has wrong size: %d instead of %d"
            .formatted(segment(1), SEGMENT / 2, SEGMENT),
        refusal(base.copy(), name("here"), true));

    byte[] damaged = whole.clone();
    damaged[SEGMENT / 2] ^= 0x55;
    archive.put(segment(1), damaged);
    assertEquals(
        "recovery ended before configured recovery target was reached",
        refusal(base.copy(), name("here"), true));

    archive.remove(segment(1));
    assertEquals(
        "recovery ended before configured recovery target was reached",
        refusal(base.copy(), name("here"), true));

    archive.put(segment(1), new byte[] {(byte) 137});
    assertEquals(
        "could not restore file \"%s\" from archive: child process was terminated by signal 9:"
                .formatted(segment(1))
            + " Killed",
        refusal(base.copy(), name("here"), true));
    archive.put(segment(1), new byte[] {127});
    assertTrue(refusal(base.copy(), name("here"), true).endsWith(": command not found"));
    archive.put(segment(1), new byte[] {(byte) 143});
    assertEquals(
        RecoveryEnded.TERMINATED,
        assertThrows(RecoveryEnded.class, () -> recover(base.copy(), name("here"), true))
            .exitCode());
  }

  @Test
  void aBackupWithoutItsWalIsRefused() {
    List<String> segments = archive.keySet().stream().filter(name -> name.length() == 24).toList();
    String start =
        archive.keySet().stream().filter(n -> n.endsWith(".backup")).findFirst().orElseThrow();
    segments.stream().filter(n -> n.compareTo(start) > 0).forEach(archive::remove);
    PgException refused =
        assertThrows(
            PgException.class, () -> recover(base.copy(), RecoveryConfig.Target.NONE, true));
    assertEquals("WAL ends before end of online backup", refused.message());
    archive.clear();
    assertEquals(
        "could not locate required checkpoint record",
        refusal(base.copy(), RecoveryConfig.Target.NONE, true));
  }

  /// The machine fails when the nth command of the recovery runs: the next start takes it up, also
  /// where the label is gone by then, and where a page is on the disk that only later WAL explains.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6})
  void aRecoveryThatDiedIsTakenUp(int commands) {
    MemoryDisk disk = base.copy();
    List<MemoryDisk> left = new ArrayList<>();
    RecoveryConfig whole = recovery(RecoveryConfig.Target.NONE, true, disk);
    int[] calls = {0};
    RecoveryConfig dying =
        new RecoveryConfig(
            name("here"),
            true,
            "promote",
            "latest",
            "UTC",
            whole.commands(),
            command -> {
              if (++calls[0] == commands) {
                left.add(disk.copy());
                return Future.failedFuture(new RecoveryEnded(RecoveryEnded.TERMINATED));
              }
              return whole.shell().apply(command);
            });
    assertThrows(RecoveryEnded.class, () -> new StorageFixture(config(), disk, dying, listener()));

    StorageFixture storage = recover(left.getFirst(), name("here"), true);
    assertRows(commits.stream().filter(c -> c.xid == -1).findFirst().orElseThrow().rows, storage);
    end(storage);
  }

  /// Restartpoints: a recovery that died begins again where the last one was, and asks the archive
  /// for nothing older; `archive_cleanup_command` has removed that.
  @Test
  void aRecoveryThatDiedGoesOnFromItsRestartpoint() {
    for (int i = 0; i < 3; i++) {
      insert(1000);
      primary.await(primary.shared.checkpoint(CheckpointRequest.requested()));
    }
    insert(1500);
    wal().switchSegment();
    primary.await(wal().flushAll());
    archive(primary.disk);
    String last = archive.keySet().stream().filter(f -> f.length() == 24).toList().getLast();
    MemoryDisk disk = base.copy();
    RecoveryConfig whole = recovery(RecoveryConfig.Target.NONE, true, disk);
    List<String> cleaned = new ArrayList<>();
    RecoveryConfig dying =
        new RecoveryConfig(
            RecoveryConfig.Target.NONE,
            true,
            "promote",
            "latest",
            "UTC",
            () -> new RecoveryConfig.Commands("restore %f %p", "cleanup %r", ""),
            command -> {
              String[] words = command.split(" ", -1);
              if (words[0].equals("cleanup")) {
                cleaned.add(words[1]);
                return Future.succeededFuture(0);
              }
              return words[1].equals(last)
                  ? Future.failedFuture(new RecoveryEnded(RecoveryEnded.TERMINATED))
                  : whole.shell().apply(command);
            });
    assertThrows(
        RecoveryEnded.class, () -> new StorageFixture(config(SEGMENT), disk, dying, listener()));

    ControlData control = ControlFile.read(disk).result();
    assertEquals(ControlData.State.IN_ARCHIVE_RECOVERY, control.state());
    assertTrue(control.redoLsn() > late(2600).endLsn, "of the checkpoint before the last 1500");
    assertTrue(cleaned.size() >= 3, cleaned.toString());
    assertEquals(control.redoSegment(), cleaned.getLast());
    assertTrue(
        disk.list("pg_wal").result().stream()
            .noneMatch(name -> name.length() == 24 && name.compareTo(cleaned.getLast()) < 0));

    archive.keySet().removeIf(name -> name.compareTo(cleaned.getLast()) < 0);
    StorageFixture storage = recover(disk, RecoveryConfig.Target.NONE, true);
    assertRows(next, storage);
    end(storage);
  }

  /// Pages that were written by a recovery that went further must not be seen by one that stops
  /// earlier.
  @Test
  void anEarlierTargetAfterALaterOneIsRefused() {
    MemoryDisk disk = base.copy();
    assertThrows(
        PgException.class, () -> recover(disk, name("nowhere"), true), "it redoes everything");
    assertTrue(ControlFile.read(disk).result().recovery().minLsn() > late(400).endLsn);
    assertEquals(
        "requested recovery stop point is before consistent recovery point",
        refusal(disk, xid(late(2000).xid), true));
  }
}
