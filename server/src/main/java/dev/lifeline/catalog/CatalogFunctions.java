package dev.lifeline.catalog;

import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.utils.adt.CatalogHooks;
import dev.lifeline.utils.adt.EnumLabels;
import dev.lifeline.utils.adt.PgArray;
import dev.lifeline.utils.adt.QuoteIdent;
import dev.lifeline.utils.adt.ServerRows;
import dev.lifeline.utils.adt.Text;
import dev.lifeline.utils.adt.UserTypes;
import dev.lifeline.utils.error.PgException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What types and functions ask of the catalogs, for one session.
public final class CatalogFunctions implements CatalogHooks {
  /// Bytes of a page, and so of a block of a relation.
  private static final long PAGE_BYTES = 8192;

  private final BackendCatalog catalog;

  public CatalogFunctions(BackendCatalog catalog) {
    this.catalog = catalog;
  }

  @Override
  public @Nullable String relationName(int oid) {
    Relation relation = catalog.byOid(oid);
    if (relation == null) {
      return null;
    }
    String name = QuoteIdent.quote(relation.name());
    return isVisible(relation) ? name : QuoteIdent.quote(relation.namespace()) + "." + name;
  }

  private boolean isVisible(Relation relation) {
    Relation found = catalog.find(null, relation.name());
    return found != null && found.oid() == relation.oid();
  }

  @Override
  public int relationOid(List<String> names) {
    String schema = names.size() > 1 ? names.get(names.size() - 2) : null;
    Relation relation = catalog.find(schema, names.getLast());
    return relation == null ? 0 : relation.oid();
  }

  @Override
  public @Nullable String namespaceName(int oid) {
    return catalog.namespaceName(oid);
  }

  @Override
  public int namespaceOid(String name) {
    return catalog.namespaceOid(name);
  }

  @Override
  public @Nullable String roleName(int oid) {
    return catalog.roleName(oid);
  }

  @Override
  public int roleOid(String name) {
    Role role = catalog.role(name);
    return role == null ? 0 : role.oid();
  }

  @Override
  public @Nullable String userTypeName(int oid) {
    UserType type = catalog.types().find(oid);
    return type == null ? null : catalog.types().shownName(type);
  }

  @Override
  public EnumLabels enumLabels(int typeOid) {
    return catalog.types().labels(typeOid);
  }

  @Override
  public int userTypeOid(List<String> names) {
    return catalog.findType(names.size() > 1 ? names.get(names.size() - 2) : null, names.getLast());
  }

  @Override
  public @Nullable Object catalogFunction(String name, List<@Nullable Object> arguments) {
    return switch (name) {
      case "pg_table_is_visible" -> visible(arguments);
      case "pg_type_is_visible" -> typeVisible(oid(arguments, 0));
      case "pg_function_is_visible",
          "pg_operator_is_visible",
          "pg_opclass_is_visible",
          "pg_opfamily_is_visible",
          "pg_collation_is_visible",
          "pg_conversion_is_visible",
          "pg_statistics_obj_is_visible",
          "pg_ts_config_is_visible",
          "pg_ts_dict_is_visible",
          "pg_ts_parser_is_visible",
          "pg_ts_template_is_visible" ->
          1L;
      case "pg_get_userbyid" -> userById(oid(arguments, 0));
      case "pg_get_expr" -> shown(expression(arguments));
      case "pg_get_function_result",
          "pg_get_function_arguments",
          "pg_get_function_identity_arguments",
          "pg_get_function_sqlbody",
          "pg_get_functiondef" ->
          new FunctionDescriptions(catalog).call(name, oid(arguments, 0));
      case "pg_get_indexdef" -> shown(indexDefinition(arguments));
      case "pg_get_constraintdef" -> shown(constraintDefinition(arguments));
      case "pg_get_viewdef" -> shown(viewDefinition(arguments));
      // Of what there are none: partitioned tables, triggers, rules, extended statistics.
      case "pg_get_partkeydef",
          "pg_get_partition_constraintdef",
          "pg_get_triggerdef",
          "pg_get_ruledef",
          "pg_get_statisticsobjdef",
          "pg_get_statisticsobjdef_columns",
          "pg_get_statisticsobjdef_expressions",
          "pg_partition_root" ->
          null;
      case "row_security_active" -> 0L;
      case "obj_description" -> objectDescription(arguments);
      case "col_description" -> description(oid(arguments, 0), (int) number(arguments, 1));
      case "shobj_description" -> sharedDescription(oid(arguments, 0), text(arguments, 1));
      case "pg_relation_size", "pg_table_size" -> size(arguments, false);
      case "pg_total_relation_size" -> size(arguments, true);
      case "pg_indexes_size" -> indexesSize(oid(arguments, 0));
      case "pg_database_size" ->
          new TablespaceFunctions(catalog).databaseSize(arguments.getFirst());
      case "pg_tablespace_size" -> new TablespaceFunctions(catalog).size(arguments.getFirst());
      case "pg_tablespace_location" -> TablespaceFunctions.location(oid(arguments, 0));
      case "pg_relation_filenode" -> fileNode(oid(arguments, 0));
      case "pg_relation_filepath" -> filePath(oid(arguments, 0));
      case "pg_relation_is_updatable" -> updatable(oid(arguments, 0));
      case "pg_is_other_temp_schema" -> isOtherTempSchema(oid(arguments, 0)) ? 1L : 0L;
      case "pg_my_temp_schema" -> Integer.toUnsignedLong(catalog.tempTables().namespace());
      case "pg_relation_is_publishable" ->
          PublicationFunctions.isPublishable(catalog, oid(arguments, 0));
      case "pg_get_replica_identity_index" ->
          PublicationFunctions.replicaIdentityIndex(catalog, oid(arguments, 0));
      case "pg_get_publication_tables" -> PublicationFunctions.tables(catalog, text(arguments, 0));
      case "pg_get_serial_sequence" -> serialSequence(arguments);
      case "nextval" -> catalog.sequences().nextval(oid(arguments, 0));
      case "currval" -> catalog.sequences().currval(oid(arguments, 0));
      case "pg_sequence_last_value" -> catalog.sequences().lastValue(oid(arguments, 0));
      case "lastval" -> catalog.sequences().lastval();
      case "setval" ->
          catalog
              .sequences()
              .setval(
                  oid(arguments, 0),
                  number(arguments, 1),
                  arguments.size() < 3 || number(arguments, 2) != 0);
      case "acldefault" ->
          new AclFunctions(catalog).defaults((char) number(arguments, 0), oid(arguments, 1));
      case "aclexplode" ->
          new AclFunctions(catalog).explode((PgArray) Objects.requireNonNull(arguments.getFirst()));
      case "pg_options_to_table" -> options((PgArray) Objects.requireNonNull(arguments.getFirst()));
      case "makeaclitem" ->
          new AclFunctions(catalog)
              .make(
                  oid(arguments, 0),
                  oid(arguments, 1),
                  text(arguments, 2),
                  number(arguments, 3) != 0);
      default -> {
        if (PrivilegeFunctions.has(name)) {
          yield new PrivilegeFunctions(catalog).call(name, arguments);
        }
        if (StatisticsFunctions.has(name)) {
          yield new StatisticsFunctions(catalog).call(name, arguments);
        }
        throw PgException.notSupported("function " + name);
      }
    };
  }

  /// The catalogs keep definitions with references to types in the place of their names.
  private @Nullable Object shown(@Nullable Object definition) {
    String text = definition == null ? null : definition.toString();
    return text == null || !UserTypes.hasReferences(text)
        ? definition
        : Text.of(String.valueOf(catalog.types().shown(text)));
  }

  private boolean isOtherTempSchema(int oid) {
    String name = catalog.namespaceName(oid);
    return name != null
        && name.startsWith(TempTables.PREFIX)
        && oid != catalog.tempTables().namespace();
  }

  /// The sequence that belongs to a column, by name.
  private @Nullable Text serialSequence(List<@Nullable Object> arguments) {
    List<String> names = SearchPath.nameParts(text(arguments, 0));
    String schema = names.size() > 1 ? names.get(names.size() - 2) : null;
    Relation table = catalog.require(schema, names.getLast(), -1);
    Relation.Column column = table.requireColumn(text(arguments, 1));
    for (CatalogRow row :
        catalog
            .reader()
            .rows(
                "pg_depend",
                "pg_depend_reference_index",
                SystemOids.PG_CLASS,
                table.oid(),
                column.attnum())) {
      Relation sequence = catalog.byOid(row.oid("objid"));
      if (sequence != null && sequence.kind() == RelKind.SEQUENCE) {
        return Text.of(
            QuoteIdent.quote(sequence.namespace()) + "." + QuoteIdent.quote(sequence.name()));
      }
    }
    return null;
  }

  private static long number(List<@Nullable Object> arguments, int index) {
    return ((Number) Objects.requireNonNull(arguments.get(index))).longValue();
  }

  private static int oid(List<@Nullable Object> arguments, int index) {
    return (int) number(arguments, index);
  }

  private static String text(List<@Nullable Object> arguments, int index) {
    return String.valueOf(arguments.get(index));
  }

  private static Long bool(boolean value) {
    return value ? 1L : 0L;
  }

  private @Nullable Long visible(List<@Nullable Object> arguments) {
    Relation relation = catalog.byOid(oid(arguments, 0));
    return relation == null ? null : bool(isVisible(relation));
  }

  private @Nullable Long typeVisible(int oid) {
    if (!UserTypes.isUserType(oid)) {
      return 1L;
    }
    UserType type = catalog.types().find(oid);
    return type == null ? null : bool(catalog.types().isVisible(type));
  }

  private Text userById(int oid) {
    String name = catalog.roleName(oid);
    return Text.of(name == null ? "unknown (OID=" + Integer.toUnsignedString(oid) + ")" : name);
  }

  private @Nullable Object indexDefinition(List<@Nullable Object> arguments) {
    int indexOid = oid(arguments, 0);
    CatalogRow row = catalog.reader().one("pg_index", "pg_index_indexrelid_index", indexOid);
    Relation table = row == null ? null : catalog.byOid(row.oid("indrelid"));
    if (table == null) {
      return null;
    }
    for (Relation.Index index : table.indexes()) {
      if (index.oid() == indexOid) {
        boolean pretty = arguments.size() > 2 && number(arguments, 2) != 0;
        DefinitionTexts.Expressions expressions = expressions(table, pretty);
        if (arguments.size() > 1 && number(arguments, 1) != 0) {
          int key = (int) number(arguments, 1);
          return Text.of(DefinitionTexts.indexKey(table, index, key, expressions));
        }
        return Text.of(
            DefinitionTexts.index(table, index, !pretty || !isVisible(table), expressions));
      }
    }
    return null;
  }

  private DefinitionTexts.Expressions expressions(Relation table, boolean pretty) {
    return pretty
        ? source -> catalog.catalogs().definitions().expression(catalog, source, table, true)
        : DefinitionTexts.Expressions.STORED;
  }

  /// `pg_get_expr`: the catalogs keep the texts themselves, several expressions with commas
  /// between.
  private @Nullable Object expression(List<@Nullable Object> arguments) {
    boolean pretty = arguments.size() > 2 && number(arguments, 2) != 0;
    Relation table = catalog.byOid(oid(arguments, 1));
    return table == null
        ? arguments.getFirst()
        : Text.of(expression(text(arguments, 0), table, pretty));
  }

  private String expression(String kept, Relation table, boolean pretty) {
    DefinitionDeparser definitions = catalog.catalogs().definitions();
    return DefinitionTexts.split(kept).stream()
        .map(source -> definitions.expression(catalog, source, table, pretty))
        .collect(Collectors.joining(", "));
  }

  private @Nullable Object constraintDefinition(List<@Nullable Object> arguments) {
    int oid = oid(arguments, 0);
    boolean pretty = arguments.size() > 1 && number(arguments, 1) != 0;
    CatalogRow row = catalog.reader().one("pg_constraint", "pg_constraint_oid_index", oid);
    Relation table = row == null ? null : catalog.byOid(row.oid("conrelid"));
    if (table == null) {
      return null;
    }
    for (Relation.Constraint constraint : table.constraints()) {
      if (constraint.oid() == oid) {
        ForeignKey key = constraint.foreignKey();
        Relation referenced = key == null ? null : catalog.byOid(key.referencedOid());
        if (key != null && referenced != null) {
          return Text.of(
              DefinitionTexts.foreignKey(table, key, referenced, !isVisible(referenced)));
        }
        return Text.of(DefinitionTexts.constraint(table, constraint, expressions(table, pretty)));
      }
    }
    return null;
  }

  private @Nullable Object viewDefinition(List<@Nullable Object> arguments) {
    Relation view =
        arguments.getFirst() instanceof Number number
            ? catalog.byOid(number.intValue())
            : catalog.byOid(relationOid(SearchPath.nameParts(text(arguments, 0))));
    if (view == null || view.viewQuery() == null) {
      return null;
    }
    // Either whether it is to be pretty, or how long a line of that may become.
    int second = arguments.size() > 1 ? (int) number(arguments, 1) : 0;
    int wrapColumn = second > 1 ? second : 0;
    return Text.of(catalog.catalogs().definitions().view(catalog, view, second != 0, wrapColumn));
  }

  /// Options as they are kept, `name=value`, as rows of names and values.
  private static ServerRows options(PgArray kept) {
    ServerRows rows = new ServerRows();
    for (int i = 0; i < kept.size(); i++) {
      String option = String.valueOf(kept.elements().getObject(i));
      int equals = option.indexOf('=');
      rows.add(
          Text.of(equals < 0 ? option : option.substring(0, equals)),
          equals < 0 ? null : Text.of(option.substring(equals + 1)));
    }
    return rows;
  }

  private @Nullable Object description(int oid, int subId) {
    for (CatalogRow row :
        catalog.reader().rows("pg_description", "pg_description_o_c_o_index", oid)) {
      if (row.integer("objsubid") == subId) {
        return Text.of(row.text("description"));
      }
    }
    return null;
  }

  /// What was said of an object, or PostgreSQL itself says of it.
  private @Nullable Object objectDescription(List<@Nullable Object> arguments) {
    int oid = oid(arguments, 0);
    Object said = description(oid, 0);
    return said == null && SystemOids.isSystem(oid)
        ? SystemDescriptions.find(arguments.size() > 1 ? text(arguments, 1) : null, oid)
        : said;
  }

  private @Nullable Object sharedDescription(int oid, String catalogName) {
    CatalogDef def = CatalogDef.find(catalogName);
    if (def == null) {
      return null;
    }
    CatalogRow row =
        catalog.reader().one("pg_shdescription", "pg_shdescription_o_c_index", oid, def.oid());
    return row == null ? null : Text.of(row.text("description"));
  }

  private long bytes(Relation relation) {
    return relation.locator() == null
        ? 0
        : catalog.catalogs().shared().buffers().blocks(relation.file(), Fork.MAIN) * PAGE_BYTES;
  }

  private @Nullable Long size(List<@Nullable Object> arguments, boolean withIndexes) {
    Relation relation = catalog.byOid(oid(arguments, 0));
    if (relation == null) {
      return null;
    }
    return bytes(relation) + (withIndexes ? indexBytes(relation) : 0);
  }

  private long indexBytes(Relation relation) {
    long bytes = 0;
    for (Relation.Index index : relation.indexes()) {
      bytes +=
          catalog.catalogs().shared().buffers().blocks(index.locator(), Fork.MAIN) * PAGE_BYTES;
    }
    return bytes;
  }

  private @Nullable Long indexesSize(int oid) {
    Relation relation = catalog.byOid(oid);
    return relation == null ? null : indexBytes(relation);
  }

  private @Nullable Long fileNode(int oid) {
    Relation relation = catalog.byOid(oid);
    return relation == null || relation.locator() == null ? null : relation.file().relNumber();
  }

  private @Nullable Text filePath(int oid) {
    Relation relation = catalog.byOid(oid);
    return relation == null || relation.locator() == null
        ? null
        : Text.of(relation.file().path(Fork.MAIN, 0));
  }

  /// The bits of the commands: UPDATE 4, INSERT 8, DELETE 16.
  private Long updatable(int oid) {
    Relation relation = catalog.byOid(oid);
    return relation != null && relation.kind() == RelKind.TABLE ? 28L : 0L;
  }
}
