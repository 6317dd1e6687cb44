package dev.lifeline.catalog;

import dev.lifeline.utils.activity.LoggedEvents;
import dev.lifeline.utils.activity.ServerActivity;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Which system catalogs and views have their rows made by whom. The rooms above register those
/// that only they know of (processes, locks) before the first session begins.
public final class VirtualTables {
  private final Map<String, VirtualTable> tables = new ConcurrentHashMap<>();

  /// With those that need nothing but the catalogs and the storage.
  public VirtualTables() {
    this(ServerActivity.NONE);
  }

  /// With all of them.
  public VirtualTables(ServerActivity server) {
    RegistryTables.register(this);
    SystemViews.register(this);
    RelationStatisticsViews.register(this);
    ServerStatisticsViews.register(this, server);
    ActivityViews.register(this, server);
    FileViews.register(this, server);
    ProgressViews.register(this);
    StatementViews.register(this);
    InformationSchema.register(this);
    EventsTable.register(this, LoggedEvents.NONE);
  }

  /// Says who makes the rows of a system catalog or view.
  ///
  /// @param name as PostgreSQL has it, e.g. `pg_stat_activity`; with the schema where that is not
  ///   `pg_catalog`. Its columns are PostgreSQL's
  public void register(String name, VirtualTable table) {
    if (CatalogDef.find(name) == null) {
      throw new IllegalArgumentException(name + " has no definition in catalogs.txt");
    }
    tables.put(name, table);
  }

  @Nullable VirtualTable find(String name) {
    return tables.get(name);
  }
}
