package dev.lifeline.catalog;

import dev.lifeline.catalog.RelationWriter.ColumnSpec;
import dev.lifeline.utils.adt.Types;
import java.util.List;

/// Creates and changes sequences.
public final class SequenceWriter {
  private final CatalogWriter writer;

  public SequenceWriter(CatalogWriter writer) {
    this.writer = writer;
  }

  /// Creates a sequence that hands out its start first.
  ///
  /// @return its oid
  public int create(String name, int namespaceOid, int owner, Sequences.Definition definition) {
    int oid =
        new RelationWriter(writer)
            .create(
                new RelationWriter.Spec(
                    name,
                    namespaceOid,
                    RelKind.SEQUENCE,
                    writer.catalog().tempTables().namespace() == namespaceOid ? 't' : 'p',
                    owner,
                    List.of(
                        ColumnSpec.plain("last_value", Types.get(Types.INT8), -1, true),
                        ColumnSpec.plain("log_cnt", Types.get(Types.INT8), -1, true),
                        ColumnSpec.plain("is_called", Types.get(Types.BOOL), -1, true)),
                    List.of()));
    writer.insert(fill(writer.blank("pg_sequence").oid("seqrelid", oid), definition));
    writer.endCommandWithNames(false);
    writer.steps().add(() -> start(oid, definition.start()));
    return oid;
  }

  private static CatalogRow fill(CatalogRow row, Sequences.Definition definition) {
    return row.oid("seqtypid", definition.typeOid())
        .set("seqstart", definition.start())
        .set("seqincrement", definition.increment())
        .set("seqmax", definition.max())
        .set("seqmin", definition.min())
        .set("seqcache", definition.cache())
        .set("seqcycle", definition.cycle());
  }

  /// Makes the page of the sequence, whose file is new.
  private void start(int oid, long value) {
    Relation sequence = writer.catalog().byOid(oid);
    if (sequence != null) {
      new SequenceStorage(writer.catalog().catalogs().shared())
          .initialize(writer.xact(), sequence.file(), new SequenceStorage.State(value, false));
    }
  }

  /// Replaces the definition.
  public void change(int oid, Sequences.Definition definition) {
    writer
        .steps()
        .add(() -> {
          CatalogRow row =
              writer.catalog().reader().one("pg_sequence", "pg_sequence_seqrelid_index", oid);
          if (row != null) {
            writer.update(fill(row.copy(), definition));
          }
        });
    writer.endCommandWithNames(false);
  }

  /// Makes the sequence begin again with a value: in a new file, so that a rollback takes it back.
  public void restart(Relation sequence, long value) {
    new RelationWriter(writer).replaceFiles(sequence);
    writer.endCommandWithNames(false);
    writer.steps().add(() -> start(sequence.oid(), value));
  }
}
