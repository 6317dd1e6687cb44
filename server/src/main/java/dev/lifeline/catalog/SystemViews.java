package dev.lifeline.catalog;

import dev.lifeline.storage.ipc.Proc;
import dev.lifeline.storage.ipc.ProcArray;
import dev.lifeline.storage.lmgr.LockInfo;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.storage.lmgr.LockTag;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.guc.Guc;
import dev.lifeline.utils.guc.GucSession;
import dev.lifeline.utils.guc.Gucs;
import dev.lifeline.utils.guc.ServerConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The system views over the stored catalogs, the settings and the locks.
final class SystemViews {
  /// What there are no rows of, because Lifeline has no such objects.
  private static final List<String> EMPTY =
      List.of(
          "pg_available_extension_versions",
          "pg_available_extensions",
          "pg_conversion",
          "pg_default_acl",
          "pg_event_trigger",
          "pg_foreign_data_wrapper",
          "pg_foreign_server",
          "pg_foreign_table",
          "pg_inherits",
          "pg_largeobject",
          "pg_largeobject_metadata",
          "pg_matviews",
          "pg_parameter_acl",
          "pg_partitioned_table",
          "pg_policies",
          "pg_policy",
          "pg_prepared_xacts",
          "pg_range",
          "pg_replication_origin_status",
          "pg_replication_slots",
          "pg_rules",
          "pg_seclabel",
          "pg_seclabels",
          "pg_shdepend",
          "pg_shseclabel",
          "pg_stat_replication",
          "pg_statistic_ext",
          "pg_transform",
          "pg_ts_config",
          "pg_ts_config_map",
          "pg_ts_dict",
          "pg_ts_parser",
          "pg_ts_template",
          "pg_user_mapping",
          "pg_user_mappings");

  private SystemViews() {}

  static void register(VirtualTables tables) {
    for (String name : EMPTY) {
      add(tables, name, session -> List.of());
    }
    SessionViews.register(tables);
    add(tables, "pg_roles", SystemViews::roles);
    add(tables, "pg_user", session -> users(session, false));
    add(tables, "pg_shadow", session -> users(session, true));
    add(tables, "pg_group", SystemViews::groups);
    add(tables, "pg_tables", SystemViews::tables);
    add(tables, "pg_views", SystemViews::views);
    add(tables, "pg_indexes", SystemViews::indexes);
    add(tables, "pg_settings", SystemViews::settings);
    add(tables, "pg_locks", SystemViews::locks);
    add(tables, "pg_stats", StatisticsCatalog::view);
    add(tables, "pg_init_privs", SystemViews::initialPrivileges);
    add(tables, "pg_sequences", SystemViews::sequences);
    add(tables, "pg_publication_tables", PublicationFunctions::view);
  }

  private static void add(
      VirtualTables tables,
      String name,
      Function<BackendCatalog, List<Consumer<VirtualRow>>> rows) {
    tables.register(name, new BuiltTable(name, rows));
  }

  private static List<Consumer<VirtualRow>> roles(BackendCatalog session) {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    for (CatalogRow role : session.reader().scan("pg_authid", r -> true)) {
      rows.add(row -> {
        for (String column :
            List.of(
                "rolname",
                "rolsuper",
                "rolinherit",
                "rolcreaterole",
                "rolcreatedb",
                "rolcanlogin",
                "rolreplication",
                "rolconnlimit",
                "rolvaliduntil",
                "rolbypassrls",
                "oid")) {
          row.copy(column, role, column);
        }
        row.set("rolpassword", "********");
      });
    }
    return rows;
  }

  private static List<Consumer<VirtualRow>> users(BackendCatalog session, boolean shadow) {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    for (CatalogRow role : session.reader().scan("pg_authid", r -> r.bool("rolcanlogin"))) {
      rows.add(row -> {
        row.copy("usename", role, "rolname")
            .copy("usesysid", role, "oid")
            .copy("usecreatedb", role, "rolcreatedb")
            .copy("usesuper", role, "rolsuper")
            .copy("userepl", role, "rolreplication")
            .copy("usebypassrls", role, "rolbypassrls")
            .copy("valuntil", role, "rolvaliduntil");
        row.set("passwd", shadow ? role.textOrNull("rolpassword") : "********");
      });
    }
    return rows;
  }

  private static List<Consumer<VirtualRow>> groups(BackendCatalog session) {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    CatalogReader reader = session.reader();
    for (CatalogRow role : reader.scan("pg_authid", r -> !r.bool("rolcanlogin"))) {
      List<Integer> members =
          reader
              .rows("pg_auth_members", "pg_auth_members_role_member_index", role.oid("oid"))
              .stream()
              .map(m -> m.oid("member"))
              .toList();
      rows.add(row ->
          row.copy("groname", role, "rolname")
              .copy("grosysid", role, "oid")
              .set("grolist", members));
    }
    return rows;
  }

  /// The privileges that a new cluster has: `pg_dump` tells only of those that were changed since.
  private static List<Consumer<VirtualRow>> initialPrivileges(BackendCatalog session) {
    String superuser = String.valueOf(session.roleName(SystemOids.BOOTSTRAP_SUPERUSER));
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    for (BootstrapRows.Schema schema : BootstrapRows.SCHEMAS) {
      Acl acl = schema.acl(superuser);
      if (acl != null) {
        rows.add(row ->
            initial(
                row,
                SystemOids.PG_NAMESPACE,
                schema.oid(),
                acl,
                schema.oid() == SystemRelations.LIFELINE));
      }
    }
    for (CatalogDef def : CatalogDef.all()) {
      String reader = SystemRelations.reader(def);
      if (reader != null) {
        Acl acl = BootstrapRows.readBy(superuser, reader);
        boolean extension = def.namespaceOid() == SystemRelations.LIFELINE;
        rows.add(row -> initial(row, SystemOids.PG_CLASS, def.oid(), acl, extension));
      }
    }
    return rows;
  }

  /// @param extension whether the object belongs to the extension, and not to the system itself
  private static void initial(VirtualRow row, int classOid, int oid, Acl acl, boolean extension) {
    row.oid("objoid", oid)
        .oid("classoid", classOid)
        .set("objsubid", 0)
        .set("privtype", extension ? 'e' : 'i')
        .setTexts("initprivs", acl.texts());
  }

  private static List<Consumer<VirtualRow>> sequences(BackendCatalog session) {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    for (CatalogRow sequence : session.reader().scan("pg_sequence", r -> true)) {
      Relation relation = session.byOid(sequence.oid("seqrelid"));
      if (relation == null) {
        continue;
      }
      String owner = session.roleName(relation.owner());
      rows.add(row -> {
        row.set("schemaname", relation.namespace())
            .set("sequencename", relation.name())
            .set("sequenceowner", owner)
            .oid("data_type", sequence.oid("seqtypid"))
            .copy("start_value", sequence, "seqstart")
            .copy("min_value", sequence, "seqmin")
            .copy("max_value", sequence, "seqmax")
            .copy("increment_by", sequence, "seqincrement")
            .copy("cycle", sequence, "seqcycle")
            .copy("cache_size", sequence, "seqcache");
        Long last =
            session.rights().mayUse(relation, Privilege.SELECT)
                    || session.rights().mayUse(relation, Privilege.USAGE)
                ? session.sequences().lastValue(relation.oid())
                : null;
        if (last != null) {
          row.set("last_value", last);
        }
      });
    }
    return rows;
  }

  /// The rows of `pg_class` of a kind, those in the schemas with their names.
  private static List<CatalogRow> classes(BackendCatalog session, RelKind kind) {
    return session.reader().scan("pg_class", r -> r.letter("relkind") == kind.code());
  }

  private static List<Consumer<VirtualRow>> tables(BackendCatalog session) {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    for (CatalogRow table : classes(session, RelKind.TABLE)) {
      String schema = session.namespaceName(table.oid("relnamespace"));
      String owner = session.roleName(table.oid("relowner"));
      rows.add(row ->
          row.set("schemaname", schema)
              .copy("tablename", table, "relname")
              .set("tableowner", owner)
              .copy("hasindexes", table, "relhasindex")
              .set("hasrules", false)
              .set("hastriggers", false)
              .set("rowsecurity", false));
    }
    return rows;
  }

  /// The query of a view; null for what is no view.
  static @Nullable String definition(BackendCatalog session, Relation view) {
    return view.viewQuery() == null
        ? null
        : session.types().shown(session.catalogs().definitions().view(session, view, false, 0));
  }

  private static List<Consumer<VirtualRow>> views(BackendCatalog session) {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    for (CatalogRow view : classes(session, RelKind.VIEW)) {
      Relation relation = session.byOid(view.oid("oid"));
      if (relation != null) {
        String owner = session.roleName(relation.owner());
        rows.add(row ->
            row.set("schemaname", relation.namespace())
                .set("viewname", relation.name())
                .set("viewowner", owner)
                .set("definition", SystemViews.definition(session, relation)));
      }
    }
    return rows;
  }

  private static List<Consumer<VirtualRow>> indexes(BackendCatalog session) {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    for (CatalogRow table : classes(session, RelKind.TABLE)) {
      Relation relation = session.byOid(table.oid("oid"));
      if (relation == null) {
        continue;
      }
      for (Relation.Index index : relation.indexes()) {
        rows.add(row ->
            row.set("schemaname", relation.namespace())
                .set("tablename", relation.name())
                .set("indexname", index.name())
                .set(
                    "indexdef",
                    session
                        .types()
                        .shown(
                            DefinitionTexts.index(
                                relation, index, true, DefinitionTexts.Expressions.STORED))));
      }
    }
    return rows;
  }

  private static List<Consumer<VirtualRow>> settings(BackendCatalog session) {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    GucSession gucs = session.client().gucs();
    for (Guc<?> guc : Gucs.all()) {
      if (!guc.hidden()) {
        rows.add(row -> setting(row, guc, gucs));
      }
    }
    return rows;
  }

  private static void setting(VirtualRow row, Guc<?> guc, GucSession gucs) {
    boolean number = guc.type() == Guc.Type.INTEGER || guc.type() == Guc.Type.REAL;
    Object inForce = gucs.inForce(guc);
    row.set("name", guc.name())
        .set("setting", guc.plain(inForce == null ? gucs.get(guc) : inForce))
        .set("category", guc.category())
        .set("short_desc", guc.description())
        .set("context", guc.context().label())
        .set("vartype", guc.type().name().toLowerCase(Locale.ROOT))
        .set("source", gucs.source(guc).label())
        .set("boot_val", guc.plain(guc.bootValue()))
        .set("reset_val", guc.plain(gucs.resetValue(guc)))
        .set("pending_restart", gucs.pendingRestart(guc));
    ServerConfig.Setting setting = gucs.serverSetting(guc);
    if (setting != null && setting.file() != null) {
      row.set("sourcefile", String.valueOf(setting.file())).set("sourceline", setting.line());
    }
    if (number) {
      row.set("min_val", guc.minText());
      row.set("max_val", guc.maxText());
      String unit = guc.unit().label();
      row.set("unit", unit.isEmpty() ? null : unit);
    }
    if (!guc.enumValues().isEmpty()) {
      row.setTexts("enumvals", guc.enumValues());
    }
  }

  private static List<Consumer<VirtualRow>> locks(BackendCatalog session) {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    Map<Integer, String> virtualXids = new HashMap<>();
    Set<Long> xids = new HashSet<>();
    ProcArray procs = session.catalogs().shared().transactions().procs();
    for (Proc proc : procs.procs()) {
      int local = proc.localXid();
      if (local == 0) {
        continue;
      }
      String virtualXid = proc.pid() + "/" + local;
      virtualXids.put(proc.pid(), virtualXid);
      rows.add(row ->
          ownTransaction(row, proc, virtualXid)
              .set("locktype", "virtualxid")
              .set("virtualxid", virtualXid)
              .set("fastpath", true));
      long xid = procs.topXid(proc);
      if (xid != 0) {
        xids.add(xid);
        rows.add(row ->
            ownTransaction(row, proc, virtualXid)
                .set("locktype", "transactionid")
                .set("transactionid", xid)
                .set("fastpath", false));
      }
    }
    for (LockInfo lock : session.catalogs().locks().list()) {
      boolean listed =
          lock.granted()
              && lock.tag().type() == LockTag.Type.TRANSACTION
              && xids.contains(lock.tag().first());
      if (!listed) {
        String virtualXid = virtualXids.get(lock.pid());
        rows.add(row -> lock(row.set("virtualtransaction", virtualXid), lock));
      }
    }
    return rows;
  }

  /// Every transaction holds a lock on itself, so that others can wait for its end.
  private static VirtualRow ownTransaction(VirtualRow row, Proc proc, String virtualXid) {
    return row.set("virtualtransaction", virtualXid)
        .set("pid", proc.pid())
        .set("mode", LockMode.EXCLUSIVE.pgName())
        .set("granted", true);
  }

  private static void lock(VirtualRow row, LockInfo lock) {
    LockTag tag = lock.tag();
    row.set("locktype", tag.type().pgName())
        .set("pid", lock.pid())
        .set("mode", lock.mode().pgName())
        .set("granted", lock.granted())
        .set("fastpath", lock.fastPath());
    if (tag.type() != LockTag.Type.TRANSACTION) {
      row.oid("database", tag.database());
    }
    switch (tag.type()) {
      case RELATION, EXTEND -> row.set("relation", tag.first());
      case TUPLE ->
          row.set("relation", tag.first())
              .set("page", tag.second() >>> 16)
              .set("tuple", tag.second() & 0xFFFF);
      case TRANSACTION -> row.set("transactionid", tag.first());
      case OBJECT ->
          row.set("classid", tag.first() >>> 32)
              .set("objid", tag.first() & 0xFFFF_FFFFL)
              .set("objsubid", tag.second());
      case ADVISORY ->
          row.set("classid", tag.first() >>> 32)
              .set("objid", tag.first() & 0xFFFF_FFFFL)
              .set("objsubid", tag.second());
    }
    if (lock.waitStartMicros() != 0) {
      row.set("waitstart", lock.waitStartMicros() - EvalContext.EPOCH_SHIFT);
    }
  }
}
