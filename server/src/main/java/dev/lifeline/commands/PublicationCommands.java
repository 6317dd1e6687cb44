package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.Publications;
import dev.lifeline.catalog.Steps;
import dev.lifeline.parser.tree.AlterPublicationStmt;
import dev.lifeline.parser.tree.CreatePublicationStmt;
import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.DropStmt;
import dev.lifeline.parser.tree.Node;
import dev.lifeline.parser.tree.QualifiedName;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Gucs;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// CREATE, ALTER and DROP PUBLICATION: what is told to subscribers.
final class PublicationCommands {
  private static final List<String> ACTIONS = List.of("insert", "update", "delete", "truncate");

  private final CommandContext context;
  private final BackendCatalog catalog;

  PublicationCommands(CommandContext context) {
    this.context = context;
    this.catalog = context.catalog();
  }

  // ---- CREATE

  String prepare(CreatePublicationStmt statement, Steps steps) {
    new SchemaCommands(context).checkCreatePrivilege();
    if (statement.forAllTables() && !catalog.superuser()) {
      throw PgException.error(
          SqlState.INSUFFICIENT_PRIVILEGE,
          "must be superuser to create FOR ALL TABLES publication");
    }
    if (find(statement.pubname()) != null) {
      throw PgException.error(
          SqlState.DUPLICATE_OBJECT, "publication \"%s\" already exists", statement.pubname());
    }
    CatalogWriter writer = context.writer(steps);
    int oid = writer.newOid();
    CatalogRow row =
        writer
            .blank("pg_publication")
            .oid("oid", oid)
            .set("pubname", statement.pubname())
            .oid("pubowner", catalog.userOid())
            .set("puballtables", statement.forAllTables())
            .set("pubinsert", true)
            .set("pubupdate", true)
            .set("pubdelete", true)
            .set("pubtruncate", true);
    setOptions(row, statement.options());
    PublicationMembers members = PublicationMembers.of(context, statement.pubobjects());
    if (!members.schemas().isEmpty() && !catalog.superuser()) {
      throw PgException.error(
          SqlState.INSUFFICIENT_PRIVILEGE,
          "must be superuser to create FOR TABLES IN SCHEMA publication");
    }
    members.checkColumnLists(statement.pubname(), !members.schemas().isEmpty());
    writer.insert(row);
    members.tables().values().forEach(table -> addTable(writer, oid, table));
    members.schemas().forEach(schema -> addSchema(writer, oid, schema));
    writer.endCommandWithNames(false);
    warnOfWalLevel(steps);
    return "CREATE PUBLICATION";
  }

  private void warnOfWalLevel(Steps steps) {
    if (!context.session().gucs().get(Gucs.WAL_LEVEL).equals("logical")) {
      PgException warning =
          new PgException(
                  Severity.WARNING,
                  SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
                  "wal_level is insufficient to publish logical changes")
              .hint("Set wal_level to \"logical\" before creating subscriptions.");
      steps.add(() -> context.session().notice(warning));
    }
  }

  private @Nullable CatalogRow find(String name) {
    return new Publications(catalog.reader()).byName(name);
  }

  private static void setOptions(CatalogRow row, List<DefElem> options) {
    Set<String> seen = new HashSet<>();
    for (DefElem option : options) {
      if (!seen.add(option.defname())) {
        throw DefElems.conflicting(option);
      }
      switch (option.defname()) {
        case "publish" -> publish(row, DefElems.string(option));
        case "publish_via_partition_root" -> row.set("pubviaroot", DefElems.bool(option));
        default ->
            throw PgException.error(
                SqlState.SYNTAX_ERROR,
                "unrecognized publication parameter: \"%s\"",
                option.defname());
      }
    }
  }

  private static void publish(CatalogRow row, String list) {
    Set<String> wanted = new HashSet<>();
    for (String item : list.isBlank() ? new String[0] : list.split(",", -1)) {
      String action = item.strip().toLowerCase(Locale.ROOT);
      if (!ACTIONS.contains(action)) {
        throw PgException.error(
            SqlState.SYNTAX_ERROR,
            "unrecognized value for publication option \"%s\": \"%s\"",
            "publish",
            action);
      }
      wanted.add(action);
    }
    ACTIONS.forEach(action -> row.set("pub" + action, wanted.contains(action)));
  }

  private static void addTable(CatalogWriter writer, int oid, PublicationMembers.Table table) {
    CatalogRow row =
        writer
            .blank("pg_publication_rel")
            .oid("oid", writer.newOid())
            .oid("prpubid", oid)
            .oid("prrelid", table.relation().oid())
            .set("prqual", table.filter());
    if (!table.columns().isEmpty()) {
      row.set("prattrs", table.columns());
    }
    writer.insert(row);
  }

  private static void addSchema(CatalogWriter writer, int oid, int schema) {
    writer.insert(
        writer
            .blank("pg_publication_namespace")
            .oid("oid", writer.newOid())
            .oid("pnpubid", oid)
            .oid("pnnspid", schema));
  }

  // ---- ALTER

  CatalogRow owned(String name) {
    CatalogRow row = find(name);
    if (row == null) {
      throw PgException.error(SqlState.UNDEFINED_OBJECT, "publication \"%s\" does not exist", name);
    }
    if (!catalog.rights().actsAs(row.oid("pubowner"))) {
      throw PgException.error(
          SqlState.INSUFFICIENT_PRIVILEGE, "must be owner of publication %s", name);
    }
    return row;
  }

  String prepare(AlterPublicationStmt statement, Steps steps) {
    CatalogRow row = owned(statement.pubname());
    CatalogWriter writer = context.writer(steps);
    if (!statement.options().isEmpty()) {
      CatalogRow changed = row.copy();
      setOptions(changed, statement.options());
      writer.update(changed);
    } else {
      alterObjects(statement, row, writer);
    }
    writer.endCommandWithNames(false);
    return "ALTER PUBLICATION";
  }

  private void alterObjects(AlterPublicationStmt statement, CatalogRow row, CatalogWriter writer) {
    String name = statement.pubname();
    PublicationMembers members = PublicationMembers.of(context, statement.pubobjects());
    if (row.bool("puballtables")) {
      throw PgException.error(
              SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
              "publication \"%s\" is defined as FOR ALL TABLES",
              name)
          .detail("Tables cannot be added to or dropped from FOR ALL TABLES publications.");
    }
    if (!members.schemas().isEmpty()
        && statement.action() != AlterPublicationStmt.Action.DROP
        && !catalog.superuser()) {
      throw PgException.error(
          SqlState.INSUFFICIENT_PRIVILEGE, "must be superuser to add or set schemas");
    }
    int oid = row.oid("oid");
    Map<Integer, CatalogRow> tables = new LinkedHashMap<>();
    for (CatalogRow each :
        catalog.reader().rows("pg_publication_rel", "pg_publication_rel_prpubid_index", oid)) {
      tables.put(each.oid("prrelid"), each);
    }
    Map<Integer, CatalogRow> schemas = new LinkedHashMap<>();
    for (CatalogRow each :
        catalog.reader().scan("pg_publication_namespace", other -> other.oid("pnpubid") == oid)) {
      schemas.put(each.oid("pnnspid"), each);
    }
    switch (statement.action()) {
      case ADD -> {
        if (!members.schemas().isEmpty()) {
          checkNoColumnLists(name, tables.values());
        }
        members.checkColumnLists(name, !members.schemas().isEmpty() || !schemas.isEmpty());
        add(name, oid, members, tables, schemas, writer);
      }
      case DROP -> drop(members, tables, schemas, writer);
      case SET -> {
        members.checkColumnLists(name, !members.schemas().isEmpty());
        tables.values().forEach(writer::delete);
        schemas.values().forEach(writer::delete);
        writer.endCommand();
        members.tables().values().forEach(table -> addTable(writer, oid, table));
        members.schemas().forEach(schema -> addSchema(writer, oid, schema));
      }
    }
  }

  private static void checkNoColumnLists(String name, Collection<CatalogRow> tables) {
    if (tables.stream().anyMatch(table -> !table.integers("prattrs").isEmpty())) {
      throw PgException.error(
              SqlState.INVALID_PARAMETER_VALUE, "cannot add schema to publication \"%s\"", name)
          .detail(
              "Schemas cannot be added if any tables that specify a column list are already part"
                  + " of the publication.");
    }
  }

  private void add(
      String name,
      int oid,
      PublicationMembers members,
      Map<Integer, CatalogRow> tables,
      Map<Integer, CatalogRow> schemas,
      CatalogWriter writer) {
    for (PublicationMembers.Table table : members.tables().values()) {
      if (tables.containsKey(table.relation().oid())) {
        throw PgException.error(
            SqlState.DUPLICATE_OBJECT,
            "relation \"%s\" is already member of publication \"%s\"",
            table.relation().name(),
            name);
      }
      addTable(writer, oid, table);
    }
    for (int schema : members.schemas()) {
      if (schemas.containsKey(schema)) {
        throw PgException.error(
            SqlState.DUPLICATE_OBJECT,
            "schema \"%s\" is already member of publication \"%s\"",
            catalog.namespaceName(schema),
            name);
      }
      addSchema(writer, oid, schema);
    }
  }

  private void drop(
      PublicationMembers members,
      Map<Integer, CatalogRow> tables,
      Map<Integer, CatalogRow> schemas,
      CatalogWriter writer) {
    for (PublicationMembers.Table table : members.tables().values()) {
      CatalogRow there = tables.get(table.relation().oid());
      if (!table.columns().isEmpty()) {
        throw PgException.error(
            SqlState.SYNTAX_ERROR,
            "column list must not be specified in ALTER PUBLICATION ... DROP");
      }
      if (there == null) {
        throw PgException.error(
            SqlState.UNDEFINED_OBJECT,
            "relation \"%s\" is not part of the publication",
            table.relation().name());
      }
      if (table.filter() != null) {
        throw PgException.error(
            SqlState.SYNTAX_ERROR,
            "cannot use a WHERE clause when removing a table from a publication");
      }
      writer.delete(there);
    }
    for (int schema : members.schemas()) {
      CatalogRow there = schemas.get(schema);
      if (there == null) {
        throw PgException.error(
            SqlState.UNDEFINED_OBJECT,
            "tables from schema \"%s\" are not part of the publication",
            catalog.namespaceName(schema));
      }
      writer.delete(there);
    }
  }

  /// ALTER PUBLICATION ... RENAME TO
  void rename(String name, String newName, Steps steps) {
    CatalogRow row = owned(name);
    if (find(newName) != null) {
      throw PgException.error(
          SqlState.DUPLICATE_OBJECT, "publication \"%s\" already exists", newName);
    }
    CatalogWriter writer = context.writer(steps);
    writer.update(row.copy().set("pubname", newName));
    writer.endCommandWithNames(false);
  }

  /// ALTER PUBLICATION ... OWNER TO
  void changeOwner(String name, int owner, Steps steps) {
    CatalogRow row = owned(name);
    CatalogWriter writer = context.writer(steps);
    writer.update(row.copy().oid("pubowner", owner));
    writer.endCommandWithNames(false);
  }

  // ---- DROP

  void drop(DropStmt statement, Steps steps) {
    CatalogWriter writer = context.writer(steps);
    for (Node object : statement.objects()) {
      String name = ((QualifiedName) object).names().getLast();
      if (find(name) == null && statement.missingOk()) {
        context.notice(
            steps,
            SqlState.SUCCESSFUL_COMPLETION,
            "publication \"%s\" does not exist, skipping",
            name);
        continue;
      }
      CatalogRow row = owned(name);
      int oid = row.oid("oid");
      catalog
          .reader()
          .rows("pg_publication_rel", "pg_publication_rel_prpubid_index", oid)
          .forEach(writer::delete);
      catalog
          .reader()
          .scan("pg_publication_namespace", other -> other.oid("pnpubid") == oid)
          .forEach(writer::delete);
      new Comments(writer).set(Publications.CLASS_OID, oid, 0, null);
      writer.delete(row);
    }
    writer.endCommandWithNames(false);
  }
}
