package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.RelKind;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.RelationWriter;
import dev.lifeline.catalog.Steps;
import dev.lifeline.catalog.SystemOids;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.parser.analyze.Analyzer;
import dev.lifeline.parser.analyze.Query;
import dev.lifeline.parser.analyze.QueryWalker;
import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.Persistence;
import dev.lifeline.parser.tree.ViewCheckOption;
import dev.lifeline.parser.tree.ViewStmt;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.utils.adt.FormatType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// CREATE VIEW. What is kept of it is the text of its query, in which every name says what it means
/// ([ViewText]), and which columns of which relations it depends on.
final class DefineView {
  private static final String TAG = "CREATE VIEW";

  private final CommandContext context;
  private final BackendCatalog catalog;

  DefineView(CommandContext context) {
    this.context = context;
    this.catalog = context.catalog();
  }

  String prepare(ViewStmt statement, Steps steps) {
    refuseUnknownForms(statement);
    List<String> options = options(statement.options());
    Analyzer.ViewDefinition definition = analyze(statement);
    Placement placement = placement(statement, definition, steps);
    int namespace = placement.namespace();
    List<RelationWriter.ColumnSpec> columns = columns(statement, definition.query());
    String text = new ViewText(context).of(statement, definition);
    Relation existing = existing(statement, namespace);
    CatalogWriter writer = context.writer(steps);
    int oid;
    if (existing == null) {
      RelationWriter.Spec spec =
          new RelationWriter.Spec(
              statement.view().relname(),
              namespace,
              RelKind.VIEW,
              placement.persistence(),
              catalog.userOid(),
              columns,
              options);
      oid = new RelationWriter(writer).create(spec);
      writer.insert(rule(writer, oid, text));
    } else {
      oid = existing.oid();
      replace(writer, existing, columns, text, options);
    }
    depend(writer, oid, definition);
    writer.endCommandWithNames(false);
    return TAG;
  }

  private Analyzer.ViewDefinition analyze(ViewStmt statement) {
    return Analyzer.viewDefinition(statement.query(), catalog, context.session().evalContext());
  }

  /// A view of temporary relations is one itself.
  private Placement placement(ViewStmt statement, Analyzer.ViewDefinition definition, Steps steps) {
    boolean ofTemporary =
        definition.names().relations().values().stream()
            .anyMatch(relation -> relation.persistence() == 't');
    if (!ofTemporary
        || TempSchema.isMeant(statement.view())
        || statement.view().schemaname() != null) {
      Placement placement = context.placement(statement.view());
      if (ofTemporary && placement.persistence() != 't') {
        throw PgException.error(
            SqlState.INVALID_TABLE_DEFINITION,
            "cannot create temporary relation in non-temporary schema");
      }
      return placement;
    }
    context.notice(
        steps,
        SqlState.SUCCESSFUL_COMPLETION,
        "view \"%s\" will be a temporary view",
        statement.view().relname());
    return new Placement(catalog.tempTables().namespace(), 't');
  }

  private static void refuseUnknownForms(ViewStmt statement) {
    if (statement.view().relpersistence() == Persistence.UNLOGGED) {
      throw PgException.error(
          SqlState.SYNTAX_ERROR, "views cannot be unlogged because they do not have storage");
    }
    if (statement.withCheckOption() != ViewCheckOption.NONE) {
      throw PgException.notSupported("WITH CHECK OPTION");
    }
    if (statement.query().intoClause() != null) {
      throw PgException.error(SqlState.FEATURE_NOT_SUPPORTED, "views must not contain SELECT INTO");
    }
  }

  private static List<String> options(List<DefElem> given) {
    List<String> options = new ArrayList<>();
    for (DefElem option : given) {
      switch (option.defname()) {
        case "security_barrier" -> options.add("security_barrier=" + DefElems.bool(option));
        case "security_invoker", "check_option" ->
            throw PgException.notSupported("the view parameter \"" + option.defname() + "\"");
        default ->
            throw PgException.error(
                SqlState.INVALID_PARAMETER_VALUE,
                "unrecognized parameter \"%s\"",
                option.defname());
      }
    }
    return options;
  }

  private static List<RelationWriter.ColumnSpec> columns(ViewStmt statement, Query query) {
    List<RelationWriter.ColumnSpec> columns = new ArrayList<>();
    Set<String> names = new HashSet<>();
    List<Query.Output> outputs = query.outputs();
    if (statement.aliases().size() > outputs.size()) {
      throw PgException.error(
          SqlState.SYNTAX_ERROR, "CREATE VIEW specifies more column names than columns");
    }
    for (int i = 0; i < outputs.size(); i++) {
      Query.Output output = outputs.get(i);
      String name = i < statement.aliases().size() ? statement.aliases().get(i) : output.name();
      if (!names.add(name)) {
        throw PgException.error(
            SqlState.DUPLICATE_COLUMN, "column \"%s\" specified more than once", name);
      }
      columns.add(
          RelationWriter.ColumnSpec.plain(
              name, Types.get(output.expr().type()), output.expr().typmod(), false));
    }
    return columns;
  }

  /// The view that is to be replaced, or null where there is none.
  private @Nullable Relation existing(ViewStmt statement, int namespace) {
    String name = statement.view().relname();
    Relation found = catalog.find(namespace, name);
    if (found == null) {
      TypeCommands.refuseTypeName(catalog, namespace, name);
      return null;
    }
    if (!statement.replace()) {
      throw CreateTable.duplicate(name);
    }
    Relation locked = catalog.reopen(found.oid(), LockMode.ACCESS_EXCLUSIVE);
    if (locked == null) {
      return null;
    }
    if (locked.kind() != RelKind.VIEW) {
      throw PgException.error(SqlState.WRONG_OBJECT_TYPE, "\"%s\" is not a view", name);
    }
    catalog.rights().checkOwner(locked);
    SystemObjects.refuse(locked);
    return locked;
  }

  private static CatalogRow rule(CatalogWriter writer, int view, String text) {
    return writer
        .blank("pg_rewrite")
        .oid("oid", writer.newOid())
        .set("rulename", "_RETURN")
        .oid("ev_class", view)
        .set("ev_type", '1')
        .set("ev_enabled", 'O')
        .set("is_instead", true)
        .set("ev_qual", "<>")
        .set("ev_action", text);
  }

  private void replace(
      CatalogWriter writer,
      Relation view,
      List<RelationWriter.ColumnSpec> columns,
      String text,
      List<String> options) {
    checkColumns(view, columns);
    RelationWriter relations = new RelationWriter(writer);
    CatalogRow rule =
        catalog.reader().one("pg_rewrite", "pg_rewrite_rel_rulename_index", view.oid(), "_RETURN");
    if (rule == null) {
      throw new IllegalStateException("view " + view.name() + " has no rule");
    }
    writer.update(rule.copy().set("ev_action", text));
    int before = view.columns().size();
    relations.addViewColumns(view.oid(), before, columns.subList(before, columns.size()));
    relations.updateClass(
        view.oid(),
        row -> {
          row.set("relnatts", columns.size());
          row.setTexts("reloptions", options);
        });
    for (CatalogRow row :
        catalog
            .reader()
            .rows("pg_depend", "pg_depend_depender_index", SystemOids.PG_CLASS, view.oid())) {
      if (row.letter("deptype") == 'n') {
        writer.delete(row);
      }
    }
  }

  /// Whoever uses the view goes on seeing the columns that it had.
  private static void checkColumns(Relation view, List<RelationWriter.ColumnSpec> columns) {
    if (columns.size() < view.columns().size()) {
      throw PgException.error(SqlState.INVALID_TABLE_DEFINITION, "cannot drop columns from view");
    }
    for (int i = 0; i < view.columns().size(); i++) {
      Relation.Column old = view.columns().get(i);
      RelationWriter.ColumnSpec now = columns.get(i);
      if (!old.name().equals(now.name())) {
        throw PgException.error(
                SqlState.INVALID_TABLE_DEFINITION,
                "cannot change name of view column \"%s\" to \"%s\"",
                old.name(),
                now.name())
            .hint("Use ALTER VIEW ... RENAME COLUMN ... to change name of view column instead.");
      }
      if (old.typeOid() != now.type().oid() || old.typmod() != now.typmod()) {
        throw PgException.error(
            SqlState.INVALID_TABLE_DEFINITION,
            "cannot change data type of view column \"%s\" from %s to %s",
            old.name(),
            FormatType.name(old.typeOid(), old.typmod()),
            FormatType.name(now.type().oid(), now.typmod()));
      }
    }
  }

  /// Notes which columns the query uses, or, of a relation that it uses none of, the relation.
  private static void depend(CatalogWriter writer, int view, Analyzer.ViewDefinition definition) {
    Map<Integer, Relation> relations = definition.names().relations();
    Map<Integer, Set<Integer>> used = new TreeMap<>();
    relations.values().forEach(r -> used.computeIfAbsent(r.oid(), oid -> new TreeSet<>()));
    QueryWalker.forEach(
        definition.query(),
        whole ->
            QueryWalker.forEachNode(
                whole,
                node -> {
                  if (node instanceof Var var && var.attno() > 0) {
                    Relation relation = relations.get(var.varno());
                    if (relation != null) {
                      used.computeIfAbsent(relation.oid(), oid -> new TreeSet<>()).add(var.attno());
                    }
                  }
                }));
    used.forEach((relation, columns) -> {
      if (columns.isEmpty()) {
        Dependents.add(writer, view, relation, 0, 'n');
      }
      columns.forEach(column -> Dependents.add(writer, view, relation, column, 'n'));
    });
  }
}
