package dev.lifeline.utils.activity;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.zip.CRC32C;

/// The counters as bytes, for the time that the server is stopped.
///
/// ```text
/// magic and version, CRC-32C of what follows
/// for each kind of [Counters.Shared]: time of the reset, its counters
/// the archiver's counters
/// databases, relations, blocks by file: how many, then each with its oids and counters
/// ```
///
/// The order and the number of the counters belong to the version: a file of another one is not
/// read.
public final class CountersFile {
  private static final long MAGIC = 0x4C4C_5354_4154_0001L;
  private static final int HEADER_BYTES = Long.BYTES * 2;

  private CountersFile() {}

  /// All that is kept over a restart.
  public static byte[] encode(Counters counters) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(body);
        DataOutputStream all = new DataOutputStream(file)) {
      writeShared(out, counters);
      writeDatabases(out, counters);
      writeRelations(out, counters);
      writeBlocks(out, counters);
      out.flush();
      byte[] content = body.toByteArray();
      all.writeLong(MAGIC);
      all.writeLong(crc(content, 0));
      all.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file.toByteArray();
  }

  private static long crc(byte[] bytes, int from) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, bytes.length - from);
    return crc.getValue();
  }

  /// Adds what was kept to counters that are new.
  ///
  /// @return false where the bytes are damaged or of another version: nothing was changed then
  public static boolean decode(byte[] file, Counters counters) {
    if (file.length < HEADER_BYTES) {
      return false;
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(file))) {
      if (in.readLong() != MAGIC || in.readLong() != crc(file, HEADER_BYTES)) {
        return false;
      }
      readShared(in, counters);
      readDatabases(in, counters);
      readRelations(in, counters);
      readBlocks(in, counters);
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException("a statistics file with a valid CRC is too short", e);
    }
  }

  private static void write(DataOutputStream out, List<LongAdder> adders) throws IOException {
    for (LongAdder adder : adders) {
      out.writeLong(adder.sum());
    }
  }

  private static void read(DataInputStream in, List<LongAdder> adders) throws IOException {
    for (LongAdder adder : adders) {
      adder.add(in.readLong());
    }
  }

  private static void writeShared(DataOutputStream out, Counters counters) throws IOException {
    for (Counters.Shared kind : Counters.Shared.values()) {
      out.writeLong(counters.resetMicros(kind));
      write(out, counters.shared(kind));
    }
    ArchiverCounters.Reading archiver = counters.archiver.read();
    out.writeLong(archiver.archived());
    out.writeUTF(archiver.lastArchived() == null ? "" : archiver.lastArchived());
    out.writeLong(archiver.lastArchivedMicros());
    out.writeLong(archiver.failed());
    out.writeUTF(archiver.lastFailed() == null ? "" : archiver.lastFailed());
    out.writeLong(archiver.lastFailedMicros());
  }

  private static void readShared(DataInputStream in, Counters counters) throws IOException {
    for (Counters.Shared kind : Counters.Shared.values()) {
      counters.restoreReset(kind, in.readLong());
      read(in, counters.shared(kind));
    }
    long archived = in.readLong();
    String lastArchived = in.readUTF();
    long lastArchivedMicros = in.readLong();
    long failed = in.readLong();
    String lastFailed = in.readUTF();
    counters.archiver.restore(
        new ArchiverCounters.Reading(
            archived,
            lastArchived.isEmpty() ? null : lastArchived,
            lastArchivedMicros,
            failed,
            lastFailed.isEmpty() ? null : lastFailed,
            in.readLong()));
  }

  private static void writeDatabases(DataOutputStream out, Counters counters) throws IOException {
    Map<Integer, DatabaseCounters> databases = counters.databases();
    out.writeInt(databases.size());
    for (Map.Entry<Integer, DatabaseCounters> entry : databases.entrySet()) {
      out.writeInt(entry.getKey());
      out.writeLong(entry.getValue().resetMicros());
      out.writeLong(entry.getValue().checksumLastFailureMicros());
      write(out, entry.getValue().all());
    }
  }

  private static void readDatabases(DataInputStream in, Counters counters) throws IOException {
    for (int left = in.readInt(); left > 0; left--) {
      DatabaseCounters database = counters.database(in.readInt());
      long reset = in.readLong();
      database.restore(reset, in.readLong());
      read(in, database.all());
    }
  }

  private static void writeRelations(DataOutputStream out, Counters counters) throws IOException {
    Map<Counters.RelationId, RelationCounters> relations = counters.relations();
    out.writeInt(relations.size());
    for (Map.Entry<Counters.RelationId, RelationCounters> entry : relations.entrySet()) {
      out.writeInt(entry.getKey().databaseOid());
      out.writeInt(entry.getKey().relationOid());
      for (long value : entry.getValue().read().values()) {
        out.writeLong(value);
      }
    }
  }

  private static void readRelations(DataInputStream in, Counters counters) throws IOException {
    for (int left = in.readInt(); left > 0; left--) {
      int database = in.readInt();
      RelationCounters relation = counters.relation(database, in.readInt());
      long[] values = new long[RelationStatistics.COUNT];
      for (int i = 0; i < values.length; i++) {
        values[i] = in.readLong();
      }
      relation.restore(RelationStatistics.of(values));
    }
  }

  private static void writeBlocks(DataOutputStream out, Counters counters) throws IOException {
    List<BlockCounters.Entry> entries = counters.blocks.entries();
    out.writeInt(entries.size());
    for (BlockCounters.Entry entry : entries) {
      out.writeInt(entry.databaseOid());
      out.writeLong(entry.relNumber());
      out.writeLong(entry.fetched());
      out.writeLong(entry.read());
    }
  }

  private static void readBlocks(DataInputStream in, Counters counters) throws IOException {
    for (int left = in.readInt(); left > 0; left--) {
      int database = in.readInt();
      BlockCounters.Entry entry = counters.blocks.of(database, in.readLong());
      long fetched = in.readLong();
      entry.restore(fetched, in.readLong());
    }
  }
}
