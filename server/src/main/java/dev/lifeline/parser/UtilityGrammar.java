package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.Stmt;

/// The statements that are not planned: which of them starts with which word.
final class UtilityGrammar {
  final DefinitionParser definitions;
  final IndexParser indexes;
  final ObjectParser objects;
  final TableParser tables;
  final RoutineParser routines;
  final SettingParser settings;
  final SessionParser session;
  final RoleParser roles;
  final MaintenanceParser maintenance;
  final CreateParser create;
  final AlterParser alter;
  final DropParser drop;
  private final Grammar g;
  private final Cursor c;

  UtilityGrammar(Grammar g) {
    this.g = g;
    this.c = g.cursor;
    definitions = new DefinitionParser(g);
    indexes = new IndexParser(g);
    objects = new ObjectParser(g);
    tables = new TableParser(g, this);
    routines = new RoutineParser(g, this);
    settings = new SettingParser(g);
    session = new SessionParser(g, this);
    roles = new RoleParser(g, this);
    maintenance = new MaintenanceParser(g, this);
    create = new CreateParser(g, this);
    alter = new AlterParser(g, this);
    drop = new DropParser(g, this);
  }

  /// `toplevel_stmt`: BEGIN and END mean something else inside an SQL function's body.
  Stmt topLevelStmt() {
    return switch (c.peek()) {
      case BEGIN -> session.begin();
      case END -> session.end();
      default -> stmt();
    };
  }

  /// `stmt`
  Stmt stmt() {
    return switch (c.peek()) {
      case SELECT, VALUES, TABLE, '(', WITH, WITH_LA, INSERT, UPDATE, DELETE, MERGE ->
          g.dml.preparableStmt();
      case CREATE -> create.createStmt();
      case ALTER -> alter.alterStmt();
      case DROP -> drop.dropStmt();
      case ABORT, START, COMMIT, ROLLBACK, SAVEPOINT, RELEASE -> session.transactionStmt();
      case PREPARE -> session.prepare();
      case EXECUTE -> session.execute();
      case DEALLOCATE -> session.deallocate();
      case DECLARE -> session.declareCursor();
      case FETCH, MOVE -> session.fetch();
      case CLOSE -> session.close();
      case LISTEN, UNLISTEN, NOTIFY -> session.notification();
      case DISCARD -> session.discard();
      case SET, RESET, SHOW -> settings.stmt();
      case GRANT, REVOKE -> roles.grantOrRevoke();
      case REASSIGN -> roles.reassignOwned();
      case COPY -> maintenance.copy();
      case VACUUM -> maintenance.vacuum();
      case ANALYZE, ANALYSE -> maintenance.analyze();
      case CLUSTER -> maintenance.cluster();
      case REINDEX -> maintenance.reindex();
      case CHECKPOINT -> maintenance.checkpoint();
      case LOCK -> maintenance.lock();
      case TRUNCATE -> maintenance.truncate();
      case EXPLAIN -> maintenance.explain();
      case LOAD -> maintenance.load();
      case REFRESH -> maintenance.refresh();
      case DO -> routines.doStmt();
      case CALL -> routines.call();
      case COMMENT -> objects.comment();
      case SECURITY -> objects.securityLabel();
      case IMPORT -> create.importForeignSchema();
      default -> throw c.unexpected();
    };
  }
}
