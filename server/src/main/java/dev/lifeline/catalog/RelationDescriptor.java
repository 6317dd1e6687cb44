package dev.lifeline.catalog;

import dev.lifeline.storage.smgr.RelFileLocator;
import dev.lifeline.utils.adt.ByteWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A table as the WAL describes it to logical decoding: what is needed to read its rows and to tell
/// them to a subscriber, as it was when the transaction changed them.
public final class RelationDescriptor {
  private static final int DROPPED = 1;
  private static final int NOT_NULL = 2;
  private static final int MISSING = 4;

  private RelationDescriptor() {}

  public static byte[] write(Relation relation) {
    ByteWriter out = new ByteWriter(256);
    out.int32(relation.oid());
    out.int32(relation.namespaceOid());
    text(out, relation.namespace());
    text(out, relation.name());
    locator(out, relation.file());
    Relation.Toast toast = relation.toast();
    out.int32(toast == null ? 0 : toast.oid());
    if (toast != null) {
      locator(out, toast.locator());
    }
    out.int16(relation.columns().size());
    for (Relation.Column column : relation.columns()) {
      String missing = column.missingText();
      text(out, column.name());
      out.int32(column.typeOid());
      out.int32(column.typmod());
      out.int8(
          (column.dropped() ? DROPPED : 0)
              | (column.notNull() ? NOT_NULL : 0)
              | (missing != null ? MISSING : 0));
      if (missing != null) {
        text(out, missing);
      }
    }
    replication(out, relation.replication());
    return out.toBytes();
  }

  private static void replication(ByteWriter out, Relation.Replication replication) {
    out.int8(replication.identity());
    numbers(out, replication.keyColumns());
    out.int16(replication.publications().size());
    for (Relation.Publication publication : replication.publications()) {
      text(out, publication.name());
      out.int8(
          (publication.insert() ? 1 : 0)
              | (publication.update() ? 2 : 0)
              | (publication.delete() ? 4 : 0)
              | (publication.truncate() ? 8 : 0)
              | (publication.rowFilter() != null ? 16 : 0));
      numbers(out, publication.columns());
      String filter = publication.rowFilter();
      if (filter != null) {
        text(out, filter);
      }
    }
  }

  private static void locator(ByteWriter out, RelFileLocator file) {
    out.int32(file.dbOid());
    out.int64(file.relNumber());
  }

  private static void numbers(ByteWriter out, List<Integer> numbers) {
    out.int16(numbers.size());
    numbers.forEach(out::int16);
  }

  private static void text(ByteWriter out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.int32(bytes.length);
    out.bytes(bytes);
  }

  /// The relation, as far as [#write] tells of it.
  public static Relation read(byte[] descriptor) {
    ByteBuffer in = ByteBuffer.wrap(descriptor);
    int oid = in.getInt();
    int namespaceOid = in.getInt();
    String namespace = text(in);
    String name = text(in);
    RelFileLocator file = locator(in);
    int toastOid = in.getInt();
    Relation.Toast toast = toastOid == 0 ? null : toast(toastOid, locator(in));
    List<Relation.Column> columns = new ArrayList<>();
    int count = in.getShort();
    for (int i = 1; i <= count; i++) {
      String columnName = text(in);
      int typeOid = in.getInt();
      int typmod = in.getInt();
      int flags = in.get();
      columns.add(
          new Relation.Column(
              columnName,
              i,
              typeOid,
              typmod,
              (flags & NOT_NULL) != 0,
              null,
              (flags & MISSING) != 0 ? text(in) : null,
              (flags & DROPPED) != 0,
              'x'));
    }
    return relation(oid, name, namespaceOid, namespace, file, toast, columns, replication(in));
  }

  private static Relation relation(
      int oid,
      String name,
      int namespaceOid,
      String namespace,
      RelFileLocator file,
      Relation.@Nullable Toast toast,
      List<Relation.Column> columns,
      Relation.Replication replication) {
    return new Relation(
        oid,
        name,
        namespaceOid,
        namespace,
        RelKind.TABLE,
        'p',
        file,
        columns,
        List.of(),
        List.of(),
        100,
        0,
        0,
        -1,
        0,
        null,
        null,
        null,
        toast,
        replication,
        Map.of(),
        List.of());
  }

  private static Relation.Toast toast(int oid, RelFileLocator file) {
    Relation.Index index = new Relation.Index(0, "", file, ToastWriter.KEYS, true, true);
    return new Relation.Toast(oid, "pg_toast_" + oid, file, index);
  }

  private static Relation.Replication replication(ByteBuffer in) {
    char identity = (char) in.get();
    List<Integer> key = numbers(in);
    List<Relation.Publication> publications = new ArrayList<>();
    int count = in.getShort();
    for (int i = 0; i < count; i++) {
      String name = text(in);
      int flags = in.get();
      publications.add(
          new Relation.Publication(
              name,
              (flags & 1) != 0,
              (flags & 2) != 0,
              (flags & 4) != 0,
              (flags & 8) != 0,
              numbers(in),
              (flags & 16) != 0 ? text(in) : null));
    }
    return new Relation.Replication(identity, key, publications);
  }

  private static RelFileLocator locator(ByteBuffer in) {
    return new RelFileLocator(in.getInt(), in.getLong());
  }

  private static List<Integer> numbers(ByteBuffer in) {
    int count = in.getShort();
    List<Integer> numbers = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      numbers.add((int) in.getShort());
    }
    return numbers;
  }

  private static String text(ByteBuffer in) {
    byte[] bytes = new byte[in.getInt()];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
