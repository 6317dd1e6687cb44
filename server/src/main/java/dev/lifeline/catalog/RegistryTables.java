package dev.lifeline.catalog;

import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.fmgr.BootstrapCatalog;
import dev.lifeline.utils.fmgr.PgAggregate;
import dev.lifeline.utils.fmgr.PgCast;
import dev.lifeline.utils.fmgr.PgOperator;
import dev.lifeline.utils.fmgr.PgProc;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;

/// The catalogs of what is built in: types, functions, operators, casts, access methods.
final class RegistryTables {
  private static final int OWNER = SystemOids.BOOTSTRAP_SUPERUSER;
  private static final int NAMESPACE = SystemRelations.PG_CATALOG;

  private static final int INTERNAL = 12;

  private RegistryTables() {}

  static void register(VirtualTables tables) {
    List<Consumer<VirtualRow>> types = types();
    tables.register("pg_type", new BuiltTable("pg_type", session -> withOwn(types, session)));
    add(tables, "pg_proc", procs());
    add(tables, "pg_operator", operators());
    add(tables, "pg_cast", casts());
    add(tables, "pg_aggregate", aggregates());
    add(tables, "pg_am", accessMethods());
    add(tables, "pg_opclass", operatorClasses());
    add(tables, "pg_opfamily", operatorFamilies());
    add(tables, "pg_amop", OperatorFamilies.operators());
    add(tables, "pg_amproc", OperatorFamilies.functions());
    add(tables, "pg_extension", extensions());
    add(tables, "pg_language", languages());
    add(tables, "pg_collation", collations());
    add(tables, "pg_tablespace", tablespaces());
  }

  private static void add(VirtualTables tables, String name, List<Consumer<VirtualRow>> rows) {
    tables.register(name, new BuiltTable(name, session -> rows));
  }

  /// The built-in types and those of users.
  private static List<Consumer<VirtualRow>> withOwn(
      List<Consumer<VirtualRow>> types, BackendCatalog session) {
    List<Consumer<VirtualRow>> rows = new ArrayList<>(types);
    List<CatalogDef.ColumnDef> columns = CatalogDef.of("pg_type").columns();
    for (CatalogRow stored : session.reader().scan("pg_type", row -> true)) {
      rows.add(row -> columns.forEach(column -> row.copy(column.name(), stored, column.name())));
    }
    return rows;
  }

  private static List<Consumer<VirtualRow>> types() {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    for (PgType type : Types.all()) {
      rows.add(row ->
          row.oid("oid", type.oid())
              .set("typname", type.name())
              .oid("typnamespace", NAMESPACE)
              .oid("typowner", OWNER)
              .set("typlen", type.length())
              .set("typbyval", type.byValue())
              .set("typtype", type.kind())
              .set("typcategory", type.category())
              .set("typispreferred", type.preferred())
              .set("typisdefined", true)
              .set("typdelim", type.delimiter())
              .oid("typsubscript", type.subscriptOid())
              .oid("typelem", type.elementOid())
              .oid("typarray", type.arrayOid())
              .oid("typinput", type.inputOid())
              .oid("typoutput", type.outputOid())
              .oid("typreceive", type.receiveOid())
              .oid("typsend", type.sendOid())
              .oid("typmodin", type.modInOid())
              .oid("typmodout", type.modOutOid())
              .set("typalign", type.align())
              .set("typstorage", type.storage())
              .set("typtypmod", -1)
              .oid("typcollation", type.collationOid()));
    }
    return rows;
  }

  private static List<Consumer<VirtualRow>> procs() {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    for (PgProc proc : BootstrapCatalog.procs()) {
      rows.add(row -> proc(row, proc));
    }
    return rows;
  }

  private static void proc(VirtualRow row, PgProc proc) {
    row.oid("oid", proc.oid())
        .set("proname", proc.name())
        .oid(
            "pronamespace",
            proc.schema().equals("information_schema")
                ? SystemRelations.INFORMATION_SCHEMA
                : NAMESPACE)
        .oid("proowner", OWNER)
        .oid("prolang", INTERNAL)
        .set("procost", 1)
        .set("prorows", proc.returnsSet() ? 1000 : 0)
        .oid("provariadic", proc.variadicOid())
        .set("prokind", proc.kind())
        .set("proleakproof", proc.leakproof())
        .set("proisstrict", proc.strict())
        .set("proretset", proc.returnsSet())
        .set("provolatile", proc.volatility())
        .set("proparallel", proc.parallel())
        .set("pronargs", proc.argTypes().size())
        .set("pronargdefaults", proc.defaults())
        .oid("prorettype", proc.returnType())
        .set("proargtypes", proc.argTypes())
        .set("prosrc", proc.source());
    if (!proc.allArgTypes().isEmpty()) {
      row.set("proallargtypes", proc.allArgTypes());
    }
    if (!proc.argModes().isEmpty()) {
      row.setTexts(
          "proargmodes", proc.argModes().chars().mapToObj(c -> String.valueOf((char) c)).toList());
    }
    if (!proc.argNames().isEmpty()) {
      row.setTexts("proargnames", proc.argNames());
    }
  }

  private static List<Consumer<VirtualRow>> operators() {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    for (PgOperator operator : BootstrapCatalog.operators()) {
      rows.add(row ->
          row.oid("oid", operator.oid())
              .set("oprname", operator.name())
              .oid("oprnamespace", NAMESPACE)
              .oid("oprowner", OWNER)
              .set("oprkind", operator.kind())
              .set("oprcanmerge", operator.canMerge())
              .set("oprcanhash", operator.canHash())
              .oid("oprleft", operator.leftType())
              .oid("oprright", operator.rightType())
              .oid("oprresult", operator.resultType())
              .oid("oprcom", operator.commutator())
              .oid("oprnegate", operator.negator())
              .oid("oprcode", operator.proc()));
    }
    return rows;
  }

  private static List<Consumer<VirtualRow>> casts() {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    for (PgCast cast : BootstrapCatalog.casts()) {
      rows.add(row ->
          row.oid("oid", cast.oid())
              .oid("castsource", cast.source())
              .oid("casttarget", cast.target())
              .oid("castfunc", cast.function())
              .set("castcontext", cast.context())
              .set("castmethod", cast.method()));
    }
    return rows;
  }

  private static List<Consumer<VirtualRow>> aggregates() {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    for (PgAggregate aggregate : BootstrapCatalog.aggregates()) {
      rows.add(row ->
          row.oid("aggfnoid", aggregate.function())
              .set("aggkind", aggregate.kind())
              .set("aggnumdirectargs", aggregate.directArgs())
              .oid("aggsortop", aggregate.sortOperator())
              .oid("aggtranstype", aggregate.transitionType())
              .set("agginitval", aggregate.initialValue()));
    }
    return rows;
  }

  private static List<Consumer<VirtualRow>> accessMethods() {
    return List.of(
        row -> row.oid("oid", RelationWriter.HEAP_AM).set("amname", "heap").set("amtype", 't'),
        row -> row.oid("oid", RelationWriter.BTREE_AM).set("amname", "btree").set("amtype", 'i'));
  }

  private static List<Consumer<VirtualRow>> operatorClasses() {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    for (BtreeOpClasses.OpClass opClass : BtreeOpClasses.all()) {
      rows.add(row ->
          row.oid("oid", opClass.oid())
              .oid("opcmethod", RelationWriter.BTREE_AM)
              .set("opcname", opClass.name())
              .oid("opcnamespace", NAMESPACE)
              .oid("opcowner", OWNER)
              .oid("opcfamily", opClass.family())
              .oid("opcintype", opClass.inputType())
              .set("opcdefault", true));
    }
    return rows;
  }

  /// A family has the name of one of its classes, as far as Lifeline tells them.
  private static List<Consumer<VirtualRow>> operatorFamilies() {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    for (int family :
        new TreeSet<>(BtreeOpClasses.all().stream().map(BtreeOpClasses.OpClass::family).toList())) {
      rows.add(row ->
          row.oid("oid", family)
              .oid("opfmethod", RelationWriter.BTREE_AM)
              .set("opfname", familyName(family))
              .oid("opfnamespace", NAMESPACE)
              .oid("opfowner", OWNER));
    }
    return rows;
  }

  private static String familyName(int family) {
    return switch (family) {
      case 1976 -> "integer_ops";
      case 1970 -> "float_ops";
      case 434 -> "datetime_ops";
      case 1994 -> "text_ops";
      case 1974 -> "network_ops";
      default ->
          BtreeOpClasses.all().stream()
              .filter(c -> c.family() == family)
              .findFirst()
              .map(BtreeOpClasses.OpClass::name)
              .orElse("");
    };
  }

  private static List<Consumer<VirtualRow>> languages() {
    return List.of(
        row -> language(row, INTERNAL, "internal"),
        row -> language(row, 13, "c"),
        row -> language(row, 14, "sql"));
  }

  private static void language(VirtualRow row, int oid, String name) {
    row.oid("oid", oid).set("lanname", name).oid("lanowner", OWNER);
  }

  private static List<Consumer<VirtualRow>> collations() {
    return List.of(
        row -> collation(row, 100, "default", 'd', null),
        row -> collation(row, 950, "C", 'c', "C"),
        row -> collation(row, 951, "POSIX", 'c', "POSIX"),
        row -> collation(row, 12340, "ucs_basic", 'c', "C"));
  }

  private static void collation(
      VirtualRow row,
      int oid,
      String name,
      char provider,
      @org.jspecify.annotations.Nullable String locale) {
    row.oid("oid", oid)
        .set("collname", name)
        .oid("collnamespace", NAMESPACE)
        .oid("collowner", OWNER)
        .set("collprovider", provider)
        .set("collisdeterministic", true)
        .set("collencoding", -1)
        .set("collcollate", locale)
        .set("collctype", locale);
  }

  /// What PostgreSQL does not have belongs to an extension, so that tools know it for no work of
  /// the user's: `pg_dump` passes over what was there from the beginning.
  private static List<Consumer<VirtualRow>> extensions() {
    return List.of(row ->
        row.oid("oid", SystemRelations.LIFELINE_EXTENSION)
            .set("extname", "lifeline")
            .oid("extowner", OWNER)
            .oid("extnamespace", NAMESPACE)
            .set("extrelocatable", false)
            .set("extversion", "1.0"));
  }

  private static List<Consumer<VirtualRow>> tablespaces() {
    return List.of(
        row -> row.oid("oid", 1663).set("spcname", "pg_default").oid("spcowner", OWNER),
        row -> row.oid("oid", 1664).set("spcname", "pg_global").oid("spcowner", OWNER));
  }
}
