package dev.lifeline.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/// Creates, changes and drops foreign keys: their rows in `pg_constraint`, `pg_depend` and
/// `pg_trigger`. The triggers are what PostgreSQL keeps for a foreign key, two at each of its
/// tables; by them a table is known to be referred to.
public final class ForeignKeyWriter {
  private static final int RI_FKEY_CHECK_INS = 1644;
  private static final int RI_FKEY_CHECK_UPD = 1645;

  /// Bits of `tgtype`: for each row, on INSERT, DELETE, UPDATE.
  private static final int ROW = 1;

  private static final int INSERT = 4;
  private static final int DELETE = 8;
  private static final int UPDATE = 16;

  private final CatalogWriter writer;

  public ForeignKeyWriter(CatalogWriter writer) {
    this.writer = writer;
  }

  /// The operators that compare the columns of a foreign key, by their oids.
  ///
  /// @param across a referenced column with a referring one
  /// @param referenced two referenced ones
  /// @param referring two referring ones
  public record Operators(List<Integer> across, List<Integer> referenced, List<Integer> referring) {
    public Operators {
      across = List.copyOf(across);
      referenced = List.copyOf(referenced);
      referring = List.copyOf(referring);
    }
  }

  /// Adds the steps that store a foreign key.
  ///
  /// @param key its own oid is not looked at
  /// @return the constraint's oid
  public int create(ForeignKey key, int namespaceOid, Operators operators) {
    int oid = writer.newOid();
    CatalogRow row =
        writer
            .blank("pg_constraint")
            .oid("oid", oid)
            .set("conname", key.name())
            .oid("connamespace", namespaceOid)
            .set("contype", 'f')
            .set("condeferrable", key.deferrable())
            .set("condeferred", key.deferred())
            .set("convalidated", key.validated())
            .oid("conrelid", key.tableOid())
            .oid("conindid", key.indexOid())
            .oid("confrelid", key.referencedOid())
            .set("confupdtype", key.onUpdate())
            .set("confdeltype", key.onDelete())
            .set("confmatchtype", key.match())
            .set("conislocal", true)
            .set("connoinherit", true)
            .set("conkey", key.columns())
            .set("confkey", key.referencedColumns())
            .set("conpfeqop", operators.across)
            .set("conppeqop", operators.referenced)
            .set("conffeqop", operators.referring);
    if (!key.setColumns().isEmpty()) {
      row.set("confdelsetcols", key.setColumns());
    }
    writer.insert(row);
    for (int column : key.columns()) {
      depend(oid, key.tableOid(), column, 'a');
    }
    for (int column : key.referencedColumns()) {
      depend(oid, key.referencedOid(), column, 'n');
    }
    depend(oid, key.indexOid(), 0, 'n');
    triggers(oid, key);
    RelationWriter relations = new RelationWriter(writer);
    writer.endCommand();
    relations.updateClass(key.tableOid(), r -> r.set("relhastriggers", true));
    writer.endCommand();
    relations.updateClass(key.referencedOid(), r -> r.set("relhastriggers", true));
    writer.endCommand(key.tableOid(), key.referencedOid());
    return oid;
  }

  private void depend(int constraint, int referenced, int column, char type) {
    new DependencyWriter(writer)
        .add(SystemOids.PG_CONSTRAINT, constraint, SystemOids.PG_CLASS, referenced, column, type);
  }

  private void triggers(int oid, ForeignKey key) {
    trigger(oid, key, true, DELETE, deleteFunction(key.onDelete()), key.onDelete());
    trigger(oid, key, true, UPDATE, deleteFunction(key.onUpdate()) + 1, key.onUpdate());
    trigger(oid, key, false, INSERT, RI_FKEY_CHECK_INS, ForeignKey.NO_ACTION);
    trigger(oid, key, false, UPDATE, RI_FKEY_CHECK_UPD, ForeignKey.NO_ACTION);
  }

  /// The oid of PostgreSQL's function for an action on DELETE; that on UPDATE is the next one.
  private static int deleteFunction(char action) {
    return switch (action) {
      case ForeignKey.CASCADE -> 1646;
      case ForeignKey.RESTRICT -> 1648;
      case ForeignKey.SET_NULL -> 1650;
      case ForeignKey.SET_DEFAULT -> 1652;
      case ForeignKey.NO_ACTION -> 1654;
      default -> throw new IllegalArgumentException("action " + action);
    };
  }

  /// @param referenced whether it is at the table that is referred to
  /// @param action only one that does nothing but check can wait
  private void trigger(
      int constraint, ForeignKey key, boolean referenced, int event, int function, char action) {
    int oid = writer.newOid();
    boolean checks = action == ForeignKey.NO_ACTION;
    writer.insert(
        writer
            .blank("pg_trigger")
            .oid("oid", oid)
            .oid("tgrelid", referenced ? key.referencedOid() : key.tableOid())
            .set(
                "tgname",
                "RI_ConstraintTrigger_"
                    + (referenced ? "a_" : "c_")
                    + Integer.toUnsignedString(oid))
            .oid("tgfoid", function)
            .set("tgtype", ROW | event)
            .set("tgenabled", 'O')
            .set("tgisinternal", true)
            .oid("tgconstrrelid", referenced ? key.tableOid() : key.referencedOid())
            .oid("tgconstrindid", key.indexOid())
            .oid("tgconstraint", constraint)
            .set("tgdeferrable", checks && key.deferrable())
            .set("tginitdeferred", checks && key.deferred())
            .set("tgattr", List.of())
            .setBytes("tgargs", new byte[0]));
  }

  /// Adds the steps that drop a foreign key.
  public void drop(ForeignKey key) {
    writer.deleteAll("pg_constraint", "pg_constraint_oid_index", key.oid());
    new DependencyWriter(writer).removeFrom(SystemOids.PG_CONSTRAINT, key.oid());
    writer.deleteAll(
        "pg_description", "pg_description_o_c_o_index", key.oid(), SystemOids.PG_CONSTRAINT);
    writer.deleteAll("pg_trigger", "pg_trigger_tgconstraint_index", key.oid());
    writer.endCommand(key.tableOid(), key.referencedOid());
  }

  /// Adds the steps that change when it is checked.
  public void setDeferrable(ForeignKey key, boolean deferrable, boolean deferred) {
    change(key, row -> row.set("condeferrable", deferrable).set("condeferred", deferred));
    writer
        .steps()
        .add(() -> {
          List<CatalogRow> rows =
              writer
                  .catalog()
                  .reader()
                  .rows("pg_trigger", "pg_trigger_tgconstraint_index", key.oid());
          for (CatalogRow row : new ArrayList<>(rows)) {
            boolean action = row.oid("tgfoid") < 1654 && row.oid("tgfoid") > RI_FKEY_CHECK_UPD;
            if (!action) {
              writer.update(
                  row.copy().set("tgdeferrable", deferrable).set("tginitdeferred", deferred));
            }
          }
        });
    writer.endCommand(key.tableOid(), key.referencedOid());
  }

  /// Adds the steps that note that all rows fulfil it.
  public void setValidated(ForeignKey key) {
    change(key, row -> row.set("convalidated", true));
    writer.endCommand(key.tableOid(), key.referencedOid());
  }

  private void change(ForeignKey key, Consumer<CatalogRow> change) {
    writer
        .steps()
        .add(() -> {
          CatalogRow row =
              writer.catalog().reader().one("pg_constraint", "pg_constraint_oid_index", key.oid());
          CatalogRow copy = Objects.requireNonNull(row).copy();
          change.accept(copy);
          writer.update(copy);
        });
  }
}
