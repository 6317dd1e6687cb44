package dev.lifeline.catalog;

import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `nextval` and its kin, for one session, which remembers what it got last.
public final class Sequences {
  private final BackendCatalog catalog;
  private final Map<Integer, Long> current = new HashMap<>();
  private @Nullable Integer lastUsed;

  Sequences(BackendCatalog catalog) {
    this.catalog = catalog;
  }

  /// A row of `pg_sequence`.
  ///
  /// @param cache how many numbers a session may take at a time; each takes one
  public record Definition(
      int typeOid, long start, long increment, long min, long max, long cache, boolean cycle) {
    static Definition of(CatalogRow row) {
      return new Definition(
          row.oid("seqtypid"),
          row.bigint("seqstart"),
          row.bigint("seqincrement"),
          row.bigint("seqmin"),
          row.bigint("seqmax"),
          row.bigint("seqcache"),
          row.bool("seqcycle"));
    }
  }

  private SequenceStorage storage() {
    return new SequenceStorage(catalog.catalogs().shared());
  }

  /// Locked until the transaction ends, so that nobody drops or restarts it meanwhile.
  private Relation sequence(int oid) {
    return sequence(oid, LockMode.ROW_EXCLUSIVE);
  }

  private Relation sequence(int oid, LockMode mode) {
    Relation relation = catalog.reopen(oid, mode);
    if (relation == null) {
      throw PgException.error(
          SqlState.INTERNAL_ERROR,
          "could not open relation with OID %s",
          Integer.toUnsignedString(oid));
    }
    if (relation.kind() != RelKind.SEQUENCE) {
      throw PgException.error(
          SqlState.WRONG_OBJECT_TYPE, "\"%s\" is not a sequence", relation.name());
    }
    return relation;
  }

  public Definition definition(int oid) {
    CatalogRow row = catalog.reader().one("pg_sequence", "pg_sequence_seqrelid_index", oid);
    if (row == null) {
      throw PgException.error(
          SqlState.UNDEFINED_TABLE,
          "relation with OID %s does not exist",
          Integer.toUnsignedString(oid));
    }
    return Definition.of(row);
  }

  private void checkRight(Relation sequence, Privilege... privileges) {
    for (Privilege privilege : privileges) {
      if (catalog.rights().mayUse(sequence, privilege)) {
        return;
      }
    }
    throw PgException.error(
        SqlState.INSUFFICIENT_PRIVILEGE, "permission denied for sequence %s", sequence.name());
  }

  public long nextval(int oid) {
    Relation sequence = sequence(oid);
    checkRight(sequence, Privilege.USAGE, Privilege.UPDATE);
    Definition definition = definition(oid);
    refuseInReadOnly("nextval");
    long value =
        storage()
            .change(
                catalog.client().xact(),
                sequence.file(),
                before -> new SequenceStorage.State(next(sequence, definition, before), true))
            .last();
    current.put(oid, value);
    lastUsed = oid;
    return value;
  }

  private static long next(Relation sequence, Definition definition, SequenceStorage.State before) {
    if (!before.called()) {
      return before.last();
    }
    boolean up = definition.increment > 0;
    long last = before.last();
    boolean beyond =
        up
            ? last > definition.max - definition.increment
                || definition.max - definition.increment > definition.max
            : last < definition.min - definition.increment
                || definition.min - definition.increment < definition.min;
    if (!beyond) {
      return last + definition.increment;
    }
    if (!definition.cycle) {
      throw PgException.error(
          SqlState.SEQUENCE_GENERATOR_LIMIT_EXCEEDED,
          "nextval: reached %s value of sequence \"%s\" (%d)",
          up ? "maximum" : "minimum",
          sequence.name(),
          up ? definition.max : definition.min);
    }
    return up ? definition.min : definition.max;
  }

  private void refuseInReadOnly(String function) {
    if (catalog.client().xact().readOnly()) {
      throw PgException.error(
          SqlState.READ_ONLY_SQL_TRANSACTION,
          "cannot execute %s() in a read-only transaction",
          function);
    }
  }

  public long currval(int oid) {
    Relation sequence = sequence(oid);
    checkRight(sequence, Privilege.USAGE, Privilege.SELECT);
    Long value = current.get(oid);
    if (value == null) {
      throw PgException.error(
          SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
          "currval of sequence \"%s\" is not yet defined in this session",
          sequence.name());
    }
    return value;
  }

  /// The value that was handed out last, by whatever session; null where none was.
  @Nullable Long lastValue(int oid) {
    Relation sequence = sequence(oid, LockMode.ACCESS_SHARE);
    SequenceStorage.State state = storage().read(sequence.file());
    return state.called() ? state.last() : null;
  }

  public long lastval() {
    if (lastUsed == null) {
      throw PgException.error(
          SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE, "lastval is not yet defined in this session");
    }
    return currval(lastUsed);
  }

  public long setval(int oid, long value, boolean called) {
    Relation sequence = sequence(oid);
    checkRight(sequence, Privilege.UPDATE);
    Definition definition = definition(oid);
    refuseInReadOnly("setval");
    if (value < definition.min || value > definition.max) {
      throw PgException.error(
          SqlState.NUMERIC_VALUE_OUT_OF_RANGE,
          "setval: value %d is out of bounds for sequence \"%s\" (%d..%d)",
          value,
          sequence.name(),
          definition.min,
          definition.max);
    }
    storage()
        .change(
            catalog.client().xact(),
            sequence.file(),
            before -> new SequenceStorage.State(value, called));
    if (called) {
      current.put(oid, value);
    }
    return value;
  }

  /// The one row of a sequence: `last_value`, `log_cnt`, `is_called`.
  static VirtualTable row(int oid) {
    return session -> {
      BackendCatalog catalog = (BackendCatalog) session;
      return new VirtualTable.Rows() {
        private boolean told;

        @Override
        public boolean next(Batch batch) {
          if (told) {
            return false;
          }
          Relation sequence = catalog.sequences().sequence(oid);
          SequenceStorage.State state = catalog.sequences().storage().read(sequence.file());
          int row = batch.size();
          batch.column(0).setLong(row, state.last());
          batch.column(1).setLong(row, 0);
          batch.column(2).setLong(row, state.called() ? 1 : 0);
          batch.setSize(row + 1);
          told = true;
          return false;
        }
      };
    };
  }
}
