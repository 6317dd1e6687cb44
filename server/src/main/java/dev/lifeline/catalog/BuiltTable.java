package dev.lifeline.catalog;

import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.batch.Batch;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A [VirtualTable] whose rows are listed when its scan begins, each by what fills it in.
public final class BuiltTable implements VirtualTable {
  private final Function<BackendCatalog, List<Consumer<VirtualRow>>> rows;
  private final Map<String, Integer> positions = new HashMap<>();
  private final List<PgType> types;
  private final List<Boolean> notNull;

  /// @param name of the catalog or view whose columns it has
  /// @param rows lists the rows; may throw [dev.lifeline.utils.NotYet], and is then called again
  public BuiltTable(String name, Function<BackendCatalog, List<Consumer<VirtualRow>>> rows) {
    this.rows = rows;
    CatalogDef def = CatalogDef.of(name);
    for (int i = 0; i < def.columns().size(); i++) {
      positions.put(def.columns().get(i).name(), i);
    }
    this.types =
        def.columns().stream().map(column -> SystemRelations.type(column.typeName())).toList();
    this.notNull = def.columns().stream().map(CatalogDef.ColumnDef::notNull).toList();
  }

  @Override
  public Rows open(SessionCatalog session) {
    return new Scan((BackendCatalog) session);
  }

  private final class Scan implements Rows {
    private final BackendCatalog session;
    private @Nullable List<Consumer<VirtualRow>> listed;
    private int next;

    Scan(BackendCatalog session) {
      this.session = session;
    }

    @Override
    public boolean next(Batch batch) {
      List<Consumer<VirtualRow>> all = listed;
      if (all == null) {
        all = rows.apply(session);
        listed = all;
      }
      while (next < all.size() && batch.size() < Batch.TARGET_ROWS) {
        int row = batch.size();
        all.get(next).accept(new VirtualRow(positions, types, notNull, batch, row));
        batch.setSize(row + 1);
        next++;
      }
      return next < all.size();
    }
  }
}
