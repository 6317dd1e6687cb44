package dev.lifeline.catalog;

import dev.lifeline.utils.adt.FormatType;
import dev.lifeline.utils.adt.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What `information_schema` tells of sequences: those of the user in a view of their own, those of
/// identity columns as parts of their columns.
final class InformationSchemaSequences {
  private InformationSchemaSequences() {}

  static List<Consumer<VirtualRow>> sequences(BackendCatalog session) {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    String database = InformationSchema.database(session);
    for (CatalogRow sequence : session.reader().scan("pg_sequence", r -> true)) {
      Relation relation = session.byOid(sequence.oid("seqrelid"));
      if (relation != null && mayUse(session, relation) && !isPartOfTable(session, relation)) {
        rows.add(row -> sequence(row, database, relation, sequence));
      }
    }
    return rows;
  }

  private static boolean mayUse(BackendCatalog session, Relation sequence) {
    AccessRights rights = session.rights();
    return rights.actsAs(sequence.owner())
        || rights.mayUse(sequence, Privilege.SELECT)
        || rights.mayUse(sequence, Privilege.UPDATE)
        || rights.mayUse(sequence, Privilege.USAGE);
  }

  /// Whether it is an identity column's, which depends on it internally.
  private static boolean isPartOfTable(BackendCatalog session, Relation sequence) {
    return session
        .reader()
        .rows("pg_depend", "pg_depend_depender_index", SystemOids.PG_CLASS, sequence.oid())
        .stream()
        .anyMatch(row -> row.letter("deptype") == 'i');
  }

  private static void sequence(
      VirtualRow row, String database, Relation relation, CatalogRow sequence) {
    int type = sequence.oid("seqtypid");
    row.set("sequence_catalog", database)
        .set("sequence_schema", relation.namespace())
        .set("sequence_name", relation.name())
        .set("data_type", FormatType.name(type))
        .set("numeric_precision", bits(type))
        .set("numeric_precision_radix", 2)
        .set("numeric_scale", 0)
        .set("start_value", Long.toString(sequence.bigint("seqstart")))
        .set("minimum_value", Long.toString(sequence.bigint("seqmin")))
        .set("maximum_value", Long.toString(sequence.bigint("seqmax")))
        .set("increment", Long.toString(sequence.bigint("seqincrement")))
        .set("cycle_option", InformationSchema.yesNo(sequence.bool("seqcycle")));
  }

  private static int bits(int type) {
    return switch (type) {
      case Types.INT2 -> Short.SIZE;
      case Types.INT4 -> Integer.SIZE;
      default -> Long.SIZE;
    };
  }

  /// The row of `pg_sequence` that belongs to an identity column.
  static @Nullable CatalogRow ofIdentity(
      BackendCatalog session, Relation relation, Relation.Column column) {
    CatalogReader reader = session.reader();
    for (CatalogRow row :
        reader.rows(
            "pg_depend",
            "pg_depend_reference_index",
            SystemOids.PG_CLASS,
            relation.oid(),
            column.attnum())) {
      if (row.letter("deptype") == 'i' && row.oid("classid") == SystemOids.PG_CLASS) {
        return reader.one("pg_sequence", "pg_sequence_seqrelid_index", row.oid("objid"));
      }
    }
    return null;
  }

  /// The columns of `columns` that are about identity.
  static void identity(VirtualRow row, Relation.Column column, @Nullable CatalogRow sequence) {
    row.set("is_identity", InformationSchema.yesNo(column.identity() != 0))
        .set("identity_cycle", "NO");
    if (column.identity() != 0) {
      row.set("identity_generation", column.identity() == 'a' ? "ALWAYS" : "BY DEFAULT");
    }
    if (sequence != null) {
      row.set("identity_start", Long.toString(sequence.bigint("seqstart")))
          .set("identity_increment", Long.toString(sequence.bigint("seqincrement")))
          .set("identity_maximum", Long.toString(sequence.bigint("seqmax")))
          .set("identity_minimum", Long.toString(sequence.bigint("seqmin")))
          .set("identity_cycle", InformationSchema.yesNo(sequence.bool("seqcycle")));
    }
  }
}
