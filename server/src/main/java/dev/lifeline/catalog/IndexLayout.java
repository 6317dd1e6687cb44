package dev.lifeline.catalog;

import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.TypeOps;
import dev.lifeline.utils.adt.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Where the entries of an index have the values of the table's columns: in the key, whose bytes
/// can be read back for most types, or stored beside it. Stored are the columns of INCLUDE, and of
/// the key those whose bytes do not tell the value although it is short, as the digits of 1.00 do
/// not tell it from 1.0.
public final class IndexLayout {
  private static final int NOWHERE = -1;

  private final int[] keys;
  private final int[] places;
  private final List<Integer> stored = new ArrayList<>();

  private IndexLayout(Relation relation, Relation.Index index) {
    int columns = relation.columns().size();
    keys = new int[columns];
    places = new int[columns];
    Arrays.fill(keys, NOWHERE);
    Arrays.fill(places, NOWHERE);
    boolean readable = true;
    for (int i = 0; i < index.keys().size(); i++) {
      Relation.IndexKey key = index.keys().get(i);
      Relation.KeyExpression expression = key.expression();
      int typeOid =
          expression == null ? relation.column(key.attnum()).typeOid() : expression.typeOid();
      PgType type = Types.get(typeOid);
      TypeOps.KeyForm form = type.ops().keyForm();
      if (expression == null && readable && form == TypeOps.KeyForm.EXACT) {
        keys[key.attnum() - 1] = i;
      } else if (expression == null
          && (type.ops().storedLength() >= 0 || type.oid() == Types.NUMERIC)) {
        store(key.attnum());
      }
      readable &= form != TypeOps.KeyForm.OPAQUE;
    }
    index.included().forEach(this::store);
  }

  /// The system catalogs have keys of exact types only; they write their entries themselves.
  public static IndexLayout of(Relation relation, Relation.Index index) {
    return new IndexLayout(relation, index);
  }

  private void store(int attnum) {
    if (keys[attnum - 1] == NOWHERE && places[attnum - 1] == NOWHERE) {
      places[attnum - 1] = stored.size();
      stored.add(attnum);
    }
  }

  /// The numbers of the columns whose values are stored beside the key, in their order there.
  public List<Integer> stored() {
    return stored;
  }

  public boolean storesValues() {
    return !stored.isEmpty();
  }

  /// Whether the entries tell the value of a column.
  public boolean tells(int attnum) {
    return attnum > 0 && (keys[attnum - 1] != NOWHERE || places[attnum - 1] != NOWHERE);
  }

  /// Which of the keys tells the value of a column, from 0; -1 where none does.
  public int key(int attnum) {
    return keys[attnum - 1];
  }

  /// Which of the stored values is that of a column, from 0; -1 where it is not stored.
  public int place(int attnum) {
    return places[attnum - 1];
  }
}
