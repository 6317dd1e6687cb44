package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.AlterObjectSchemaStmt;
import dev.lifeline.parser.tree.AlterSeqStmt;
import dev.lifeline.parser.tree.AlterTableCmd;
import dev.lifeline.parser.tree.AlterTableMoveAllStmt;
import dev.lifeline.parser.tree.AlterTableStmt;
import dev.lifeline.parser.tree.DropBehavior;
import dev.lifeline.parser.tree.ObjectType;
import dev.lifeline.parser.tree.PartitionCmd;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.parser.tree.RenameStmt;
import dev.lifeline.parser.tree.RoleSpec;
import dev.lifeline.parser.tree.Stmt;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// ALTER TABLE, INDEX, SEQUENCE, VIEW, MATERIALIZED VIEW and FOREIGN TABLE.
final class AlterRelationParser {
  private final Grammar g;
  private final Cursor c;
  private final UtilityGrammar u;
  private final AlterTableParser commands;

  AlterRelationParser(Grammar g, UtilityGrammar u) {
    this.g = g;
    this.c = g.cursor;
    this.u = u;
    this.commands = new AlterTableParser(g, u);
  }

  Stmt alter() {
    ObjectType type = kind();
    boolean movable =
        type == ObjectType.TABLE || type == ObjectType.INDEX || type == ObjectType.MATVIEW;
    if (movable && c.at(ALL)) {
      return moveAll(type);
    }
    boolean missingOk = c.ifExists();
    boolean table = type == ObjectType.TABLE || type == ObjectType.FOREIGN_TABLE;
    RangeVar relation = table ? g.from.relationExpr() : c.qualifiedName(g);
    switch (c.peek()) {
      case RENAME -> {
        return rename(type, relation, missingOk);
      }
      case SET -> {
        if (c.peek(1) == SCHEMA && type != ObjectType.INDEX) {
          c.expect(SET, SCHEMA);
          return new AlterObjectSchemaStmt(type, relation, null, c.colId(), missingOk);
        }
      }
      case ATTACH -> {
        if (type == ObjectType.TABLE || (type == ObjectType.INDEX && !missingOk)) {
          return attach(type, relation, missingOk);
        }
      }
      case DETACH -> {
        if (type == ObjectType.TABLE) {
          return detach(relation, missingOk);
        }
      }
      case DEPENDS, NO -> {
        boolean dependent = type == ObjectType.INDEX || type == ObjectType.MATVIEW;
        if (dependent && !missingOk && (c.at(DEPENDS) || c.peek(1) == DEPENDS)) {
          return u.alter.depends(type, relation, null);
        }
      }
      default -> {}
    }
    if (type == ObjectType.SEQUENCE && atSequenceOption()) {
      return new AlterSeqStmt(relation, u.definitions.sequenceOptions(), missingOk);
    }
    return new AlterTableStmt(relation, commands.commands(), type, missingOk);
  }

  private ObjectType kind() {
    return switch (c.peek()) {
      case TABLE -> kind(ObjectType.TABLE);
      case INDEX -> kind(ObjectType.INDEX);
      case SEQUENCE -> kind(ObjectType.SEQUENCE);
      case VIEW -> kind(ObjectType.VIEW);
      case MATERIALIZED -> {
        c.expect(MATERIALIZED, VIEW);
        yield ObjectType.MATVIEW;
      }
      default -> {
        c.expect(FOREIGN, TABLE);
        yield ObjectType.FOREIGN_TABLE;
      }
    };
  }

  private ObjectType kind(ObjectType type) {
    c.advance();
    return type;
  }

  private boolean atSequenceOption() {
    return switch (c.peek()) {
      case AS,
          CACHE,
          CYCLE,
          INCREMENT,
          MAXVALUE,
          MINVALUE,
          OWNED,
          SEQUENCE,
          START,
          RESTART,
          LOGGED,
          UNLOGGED ->
          true;
      case NO -> c.peek(1) != INHERIT && c.peek(1) != FORCE;
      default -> false;
    };
  }

  private Stmt moveAll(ObjectType type) {
    c.expect(ALL, IN, TABLESPACE);
    String from = c.colId();
    List<RoleSpec> roles = List.of();
    if (c.accept(OWNED)) {
      c.expect(BY);
      roles = c.roleList();
    }
    c.expect(SET, TABLESPACE);
    String to = c.colId();
    return new AlterTableMoveAllStmt(from, type, roles, to, c.accept(NOWAIT));
  }

  private Stmt rename(ObjectType type, RangeVar relation, boolean missingOk) {
    c.expect(RENAME);
    if (c.accept(TO)) {
      return renameStmt(type, null, relation, null, missingOk);
    }
    if (type == ObjectType.TABLE && c.accept(CONSTRAINT)) {
      String name = c.colId();
      c.expect(TO);
      return renameStmt(ObjectType.TABLE_CONSTRAINT, null, relation, name, missingOk);
    }
    if (type == ObjectType.INDEX || type == ObjectType.SEQUENCE) {
      throw c.unexpected();
    }
    c.accept(COLUMN);
    String name = c.colId();
    c.expect(TO);
    return renameStmt(ObjectType.COLUMN, type, relation, name, missingOk);
  }

  private RenameStmt renameStmt(
      ObjectType type,
      @Nullable ObjectType relationType,
      RangeVar relation,
      @Nullable String subname,
      boolean missingOk) {
    return new RenameStmt(
        type, relationType, relation, null, subname, c.colId(), DropBehavior.RESTRICT, missingOk);
  }

  private Stmt attach(ObjectType type, RangeVar relation, boolean missingOk) {
    c.expect(ATTACH, PARTITION);
    RangeVar partition = c.qualifiedName(g);
    PartitionCmd command =
        new PartitionCmd(
            partition, type == ObjectType.TABLE ? u.tables.partitionBound() : null, false);
    return partition(AlterTableCmd.Type.ATTACH_PARTITION, command, type, relation, missingOk);
  }

  private Stmt detach(RangeVar relation, boolean missingOk) {
    c.expect(DETACH, PARTITION);
    RangeVar partition = c.qualifiedName(g);
    AlterTableCmd.Type type = AlterTableCmd.Type.DETACH_PARTITION;
    boolean concurrent = c.accept(CONCURRENTLY);
    if (!concurrent && c.accept(FINALIZE)) {
      type = AlterTableCmd.Type.DETACH_PARTITION_FINALIZE;
    }
    PartitionCmd command = new PartitionCmd(partition, null, concurrent);
    return partition(type, command, ObjectType.TABLE, relation, missingOk);
  }

  private static Stmt partition(
      AlterTableCmd.Type type,
      PartitionCmd command,
      ObjectType objectType,
      RangeVar relation,
      boolean missingOk) {
    return new AlterTableStmt(
        relation, List.of(AlterTableParser.cmd(type, null, command)), objectType, missingOk);
  }
}
