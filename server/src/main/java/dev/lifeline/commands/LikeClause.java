package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.IndexWriter;
import dev.lifeline.catalog.Privilege;
import dev.lifeline.catalog.RelKind;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.RelationWriter;
import dev.lifeline.catalog.Sequences;
import dev.lifeline.catalog.SystemOids;
import dev.lifeline.parser.Parser;
import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.parser.tree.TableLikeClause;
import dev.lifeline.parser.tree.TableLikeClause.Option;
import dev.lifeline.parser.tree.Value;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// LIKE in CREATE TABLE: the columns of another relation and, as far as INCLUDING says, what goes
/// with them. The columns become part of the table's definition; indexes and comments are made when
/// the table is there.
final class LikeClause {
  private final CommandContext context;
  private final BackendCatalog catalog;
  private final Relation source;
  private final Set<Option> options;

  /// Finds and locks the relation.
  LikeClause(CommandContext context, TableLikeClause clause) {
    this.context = context;
    this.catalog = context.catalog();
    this.options = clause.options();
    RangeVar name = clause.relation();
    context.checkDatabase(name);
    this.source =
        catalog.open(name.schemaname(), name.relname(), name.location(), LockMode.ACCESS_SHARE);
    if (source.kind() == RelKind.INDEX || source.kind() == RelKind.SEQUENCE) {
      throw PgException.error(
              SqlState.WRONG_OBJECT_TYPE,
              "relation \"%s\" is invalid in LIKE clause",
              source.name())
          .detail(
              source.kind() == RelKind.INDEX
                  ? "This operation is not supported for indexes."
                  : "This operation is not supported for sequences.")
          .at(name.location());
    }
    catalog.checkAccess(source, Privilege.SELECT);
  }

  /// Adds the columns.
  void addColumns(TableDefinition definition) {
    for (Relation.Column column : source.columns()) {
      if (column.dropped()) {
        continue;
      }
      TableDefinition.Column copy =
          definition.addColumn(column.name(), Types.get(column.typeOid()), column.typmod());
      copy.notNull = column.notNull();
      String text = column.defaultSource();
      boolean wanted =
          column.isGenerated()
              ? options.contains(Option.GENERATED)
              : options.contains(Option.DEFAULTS) && column.identity() == 0;
      if (text != null && wanted) {
        copy.defaultExpr = Parser.parseExpression(text);
        copy.generated = column.generated();
      }
      if (column.identity() != 0 && options.contains(Option.IDENTITY)) {
        copy.identity = column.identity();
        copy.sequenceOptions = sequenceOptions(column);
      }
    }
    if (options.contains(Option.CONSTRAINTS)) {
      for (Relation.Constraint constraint : source.constraints()) {
        String check = constraint.checkSource();
        if (check != null) {
          definition
              .checks()
              .add(
                  new TableDefinition.Check(
                      constraint.name(), Parser.parseExpression(check), null, -1));
        }
      }
    }
  }

  /// How the sequence of an identity column counts.
  private List<DefElem> sequenceOptions(Relation.Column column) {
    List<Relation> sequences =
        new Dependents(catalog).ownedSequences(source.oid(), column.attnum());
    if (sequences.isEmpty()) {
      return List.of();
    }
    Sequences.Definition definition = catalog.sequences().definition(sequences.getFirst().oid());
    List<DefElem> given = new ArrayList<>();
    given.add(option("start", definition.start()));
    given.add(option("increment", definition.increment()));
    given.add(option("minvalue", definition.min()));
    given.add(option("maxvalue", definition.max()));
    given.add(option("cycle", new Value.Bool(definition.cycle())));
    return given;
  }

  private static DefElem option(String name, long value) {
    return option(name, new Value.Numeric(Long.toString(value)));
  }

  private static DefElem option(String name, Value value) {
    return new DefElem(null, name, value, DefElem.Action.UNSPEC, -1);
  }

  /// Adds the steps that make what goes along with the columns.
  ///
  /// @param oid of the table, which is there when the steps run
  void addRest(CatalogWriter writer, int oid) {
    writer.steps().add(() -> makeRest(writer, Objects.requireNonNull(catalog.byOid(oid))));
  }

  private void makeRest(CatalogWriter writer, Relation table) {
    if (options.contains(Option.STORAGE)) {
      for (Relation.Column column : columns()) {
        Relation.Column copy = table.requireColumn(column.name());
        if (copy.storage() != column.storage()) {
          new RelationWriter(writer).setStorage(table, copy.attnum(), column.storage());
          writer.endCommand(table.oid());
        }
      }
    }
    if (options.contains(Option.INDEXES)) {
      List<String> taken = new ArrayList<>();
      for (Relation.Index index : source.indexes()) {
        addIndex(writer, table, index, taken);
      }
    }
    if (options.contains(Option.COMMENTS)) {
      for (Relation.Column column : columns()) {
        comment(
            writer,
            SystemOids.PG_CLASS,
            source.oid(),
            column.attnum(),
            table.oid(),
            table.requireColumn(column.name()).attnum());
      }
      if (options.contains(Option.CONSTRAINTS)) {
        commentChecks(writer, table);
      }
    }
    writer.endCommandWithNames(false);
  }

  private List<Relation.Column> columns() {
    return source.columns().stream().filter(column -> !column.dropped()).toList();
  }

  private void addIndex(
      CatalogWriter writer, Relation table, Relation.Index index, List<String> taken) {
    List<Relation.IndexKey> keys = new ArrayList<>();
    for (Relation.IndexKey key : index.keys()) {
      int attnum = key.attnum() == 0 ? 0 : numberIn(table, key.attnum());
      keys.add(new Relation.IndexKey(attnum, key.descending(), key.nullsFirst(), key.expression()));
    }
    List<Integer> included =
        index.included().stream().map(attnum -> numberIn(table, attnum)).toList();
    Relation.Constraint constraint = constraintOf(index);
    String name =
        ObjectNames.choose(
            table.name(),
            index.primary() ? "" : IndexKeys.joinedNames(table.columns(), keys, included),
            index.primary() ? "pkey" : constraint != null ? "key" : "idx",
            n -> taken.contains(n) || catalog.find(table.namespaceOid(), n) != null);
    taken.add(name);
    IndexWriter.Spec spec =
        new IndexWriter.Spec(
            name,
            keys,
            index.unique(),
            index.primary(),
            storageOptions(index),
            included,
            index.predicate(),
            index.nullsNotDistinct(),
            true);
    int oid = new DefineIndex(context).create(writer, table, spec);
    if (constraint != null) {
      new IndexWriter(writer)
          .createConstraint(
              table.oid(),
              table.namespaceOid(),
              name,
              constraint.type(),
              keys.stream().map(Relation.IndexKey::attnum).toList(),
              null,
              oid);
    }
    if (options.contains(Option.COMMENTS)) {
      comment(writer, SystemOids.PG_CLASS, index.oid(), 0, oid, 0);
    }
  }

  private int numberIn(Relation table, int attnum) {
    return table.requireColumn(source.column(attnum).name()).attnum();
  }

  private Relation.@Nullable Constraint constraintOf(Relation.Index index) {
    for (Relation.Constraint constraint : source.constraints()) {
      if (constraint.indexOid() == index.oid()) {
        return constraint;
      }
    }
    return null;
  }

  private List<String> storageOptions(Relation.Index index) {
    CatalogRow row = catalog.reader().one("pg_class", "pg_class_oid_index", index.oid());
    return row == null ? List.of() : row.texts("reloptions");
  }

  private void commentChecks(CatalogWriter writer, Relation table) {
    for (Relation.Constraint check : source.constraints()) {
      for (Relation.Constraint copy : table.constraints()) {
        if (check.type() == 'c' && copy.type() == 'c' && copy.name().equals(check.name())) {
          comment(writer, SystemOids.PG_CONSTRAINT, check.oid(), 0, copy.oid(), 0);
        }
      }
    }
  }

  private void comment(
      CatalogWriter writer, int classOid, int from, int fromSub, int to, int toSub) {
    for (CatalogRow row :
        catalog
            .reader()
            .rows("pg_description", "pg_description_o_c_o_index", from, classOid, fromSub)) {
      new Comments(writer).set(classOid, to, toSub, row.text("description"));
    }
  }
}
