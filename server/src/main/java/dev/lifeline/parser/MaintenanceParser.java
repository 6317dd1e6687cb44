package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.CheckPointStmt;
import dev.lifeline.parser.tree.ClusterStmt;
import dev.lifeline.parser.tree.CopyStmt;
import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.DropBehavior;
import dev.lifeline.parser.tree.ExplainStmt;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.Indirection;
import dev.lifeline.parser.tree.LoadStmt;
import dev.lifeline.parser.tree.LockStmt;
import dev.lifeline.parser.tree.Node;
import dev.lifeline.parser.tree.NodeList;
import dev.lifeline.parser.tree.PreparableStmt;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.parser.tree.RefreshMatViewStmt;
import dev.lifeline.parser.tree.ReindexStmt;
import dev.lifeline.parser.tree.Stmt;
import dev.lifeline.parser.tree.TruncateStmt;
import dev.lifeline.parser.tree.VacuumRelation;
import dev.lifeline.parser.tree.VacuumStmt;
import dev.lifeline.parser.tree.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// COPY, VACUUM and the other statements that work on whole tables, and EXPLAIN.
final class MaintenanceParser {
  private static final int ACCESS_SHARE_LOCK = 1;
  private static final int ROW_SHARE_LOCK = 2;
  private static final int ROW_EXCLUSIVE_LOCK = 3;
  private static final int SHARE_UPDATE_EXCLUSIVE_LOCK = 4;
  private static final int SHARE_LOCK = 5;
  private static final int SHARE_ROW_EXCLUSIVE_LOCK = 6;
  private static final int EXCLUSIVE_LOCK = 7;
  private static final int ACCESS_EXCLUSIVE_LOCK = 8;

  private final Grammar g;
  private final Cursor c;
  private final UtilityGrammar u;

  MaintenanceParser(Grammar g, UtilityGrammar u) {
    this.g = g;
    this.c = g.cursor;
    this.u = u;
  }

  private static DefElem option(String name, @Nullable Node arg, int location) {
    return DefinitionParser.option(name, arg, location);
  }

  // ---- COPY

  Stmt copy() {
    c.expect(COPY);
    if (c.at('(')) {
      return copyQuery();
    }
    List<DefElem> options = new ArrayList<>();
    int location = c.location();
    if (c.accept(BINARY)) {
      options.add(option("format", new Value.Str("binary"), location));
    }
    RangeVar relation = c.qualifiedName(g);
    List<String> columns = c.optParenthesized(c::colId);
    boolean from = c.accept(FROM);
    if (!from) {
      c.expect(TO);
    }
    boolean program = c.accept(PROGRAM);
    String file = copyFileName();
    int delimiterLocation = c.location();
    boolean using = c.accept(USING);
    boolean delimited = using || c.at(DELIMITERS);
    if (delimited) {
      c.expect(DELIMITERS);
      options.add(option("delimiter", new Value.Str(c.sconst()), delimiterLocation));
    }
    copyOptions(options);
    int whereLocation = c.location();
    Expr where = c.accept(WHERE) ? g.expr.aExpr() : null;
    checkProgram(program, file, delimited ? delimiterLocation : -1);
    if (!from && where != null) {
      throw Cursor.syntaxError(whereLocation, "WHERE clause not allowed with COPY TO");
    }
    return new CopyStmt(relation, null, columns, from, program, file, List.copyOf(options), where);
  }

  private Stmt copyQuery() {
    c.expect('(');
    PreparableStmt query = g.dml.preparableStmt();
    c.expect(')');
    int toLocation = c.expect(TO);
    boolean program = c.accept(PROGRAM);
    String file = copyFileName();
    List<DefElem> options = new ArrayList<>();
    copyOptions(options);
    checkProgram(program, file, toLocation);
    return new CopyStmt(null, query, List.of(), false, program, file, List.copyOf(options), null);
  }

  private void checkProgram(boolean program, @Nullable String file, int location) {
    if (program && file == null) {
      throw Cursor.syntaxError(location, "STDIN/STDOUT not allowed with PROGRAM");
    }
  }

  private @Nullable String copyFileName() {
    if (c.accept(STDIN) || c.accept(STDOUT)) {
      return null;
    }
    return c.sconst();
  }

  private void copyOptions(List<DefElem> options) {
    u.definitions.optWithWord();
    if (c.at('(')) {
      options.addAll(c.parenthesized(this::genericCopyOption));
      return;
    }
    while (true) {
      DefElem option = copyOption();
      if (option == null) {
        return;
      }
      options.add(option);
    }
  }

  /// An option in the syntax of before version 9.0.
  private @Nullable DefElem copyOption() {
    int location = c.location();
    int kind = c.peek();
    return switch (kind) {
      case BINARY -> {
        c.advance();
        yield option("format", new Value.Str("binary"), location);
      }
      case CSV -> {
        c.advance();
        yield option("format", new Value.Str("csv"), location);
      }
      case FREEZE -> {
        c.advance();
        yield option("freeze", new Value.Bool(true), location);
      }
      case HEADER -> {
        c.advance();
        yield option("header", new Value.Bool(true), location);
      }
      case DELIMITER, NULL, QUOTE, ESCAPE -> {
        c.advance();
        c.accept(AS);
        yield option(Keywords.name(kind), new Value.Str(c.sconst()), location);
      }
      case ENCODING -> {
        c.advance();
        yield option("encoding", new Value.Str(c.sconst()), location);
      }
      case FORCE -> {
        c.advance();
        yield forceOption(location);
      }
      default -> null;
    };
  }

  private DefElem forceOption(int location) {
    String name;
    if (c.accept(QUOTE)) {
      name = "force_quote";
    } else if (c.accept(NOT)) {
      c.expect(NULL);
      name = "force_not_null";
    } else {
      c.expect(NULL);
      name = "force_null";
    }
    Node columns = c.accept('*') ? new Indirection.Star() : DefinitionParser.names(c.nameList());
    return option(name, columns, location);
  }

  private DefElem genericCopyOption() {
    int location = c.location();
    String name = c.colLabel();
    Node arg = null;
    if (c.at('(')) {
      arg = new NodeList(c.parenthesized(() -> new Value.Str(c.booleanOrString())));
    } else if (c.accept('*')) {
      arg = new Indirection.Star();
    } else if (c.accept(DEFAULT)) {
      arg = new Value.Str("default");
    } else if (c.atNumericOnly()) {
      arg = c.numericOnly();
    } else if (c.atBooleanOrString()) {
      arg = new Value.Str(c.booleanOrString());
    }
    return option(name, arg, location);
  }

  // ---- VACUUM, ANALYZE, CLUSTER, REINDEX

  Stmt vacuum() {
    c.expect(VACUUM);
    if (c.at('(')) {
      List<DefElem> options = u.definitions.utilityOptions();
      return new VacuumStmt(options, optVacuumRelations(), true);
    }
    List<DefElem> options = new ArrayList<>();
    optWord(FULL, "full", options);
    optWord(FREEZE, "freeze", options);
    optWord(VERBOSE, "verbose", options);
    optWord(ANALYZE, "analyze", options);
    optWord(ANALYSE, "analyze", options);
    return new VacuumStmt(List.copyOf(options), optVacuumRelations(), true);
  }

  private void optWord(int word, String name, List<DefElem> options) {
    int location = c.location();
    boolean twice =
        word == ANALYSE && options.stream().anyMatch(option -> option.defname().equals(name));
    if (!twice && c.accept(word)) {
      options.add(option(name, null, location));
    }
  }

  Stmt analyze() {
    c.advance();
    List<DefElem> options = new ArrayList<>();
    if (c.at('(')) {
      options.addAll(u.definitions.utilityOptions());
    } else {
      optWord(VERBOSE, "verbose", options);
    }
    return new VacuumStmt(List.copyOf(options), optVacuumRelations(), false);
  }

  private List<VacuumRelation> optVacuumRelations() {
    if (!c.atColId()) {
      return List.of();
    }
    return c.commaList(() -> {
      RangeVar relation = c.qualifiedName(g);
      return new VacuumRelation(relation, c.optParenthesized(c::colId));
    });
  }

  Stmt cluster() {
    c.expect(CLUSTER);
    if (c.at('(')) {
      List<DefElem> options = u.definitions.utilityOptions();
      if (!c.atColId()) {
        return new ClusterStmt(null, null, options);
      }
      RangeVar relation = c.qualifiedName(g);
      return new ClusterStmt(relation, c.accept(USING) ? c.colId() : null, options);
    }
    List<DefElem> options = new ArrayList<>();
    optWord(VERBOSE, "verbose", options);
    if (!c.atColId()) {
      return new ClusterStmt(null, null, List.copyOf(options));
    }
    if (c.peek(1) == ON) {
      String index = c.colId();
      c.expect(ON);
      return new ClusterStmt(c.qualifiedName(g), index, List.copyOf(options));
    }
    RangeVar relation = c.qualifiedName(g);
    String index = c.accept(USING) ? c.colId() : null;
    return new ClusterStmt(relation, index, List.copyOf(options));
  }

  Stmt reindex() {
    c.expect(REINDEX);
    List<DefElem> options = new ArrayList<>();
    if (c.at('(')) {
      options.addAll(u.definitions.utilityOptions());
    }
    ReindexStmt.Kind kind =
        switch (c.peek()) {
          case INDEX -> ReindexStmt.Kind.INDEX;
          case TABLE -> ReindexStmt.Kind.TABLE;
          case SCHEMA -> ReindexStmt.Kind.SCHEMA;
          case SYSTEM -> ReindexStmt.Kind.SYSTEM;
          case DATABASE -> ReindexStmt.Kind.DATABASE;
          default -> throw c.unexpected();
        };
    c.advance();
    optWord(CONCURRENTLY, "concurrently", options);
    RangeVar relation = null;
    String name = null;
    switch (kind) {
      case INDEX, TABLE -> relation = c.qualifiedName(g);
      case SCHEMA -> name = c.colId();
      case SYSTEM, DATABASE -> name = c.atColId() ? c.colId() : null;
    }
    return new ReindexStmt(kind, relation, name, List.copyOf(options));
  }

  Stmt checkpoint() {
    c.expect(CHECKPOINT);
    return new CheckPointStmt();
  }

  Stmt load() {
    c.expect(LOAD);
    return new LoadStmt(c.sconst());
  }

  RefreshMatViewStmt refresh() {
    c.expect(REFRESH, MATERIALIZED, VIEW);
    boolean concurrent = c.accept(CONCURRENTLY);
    RangeVar relation = c.qualifiedName(g);
    return new RefreshMatViewStmt(concurrent, !u.tables.optWithData(), relation);
  }

  // ---- LOCK, TRUNCATE

  Stmt lock() {
    c.expect(LOCK);
    c.accept(TABLE);
    List<RangeVar> relations = c.commaList(g.from::relationExpr);
    int mode = ACCESS_EXCLUSIVE_LOCK;
    if (c.accept(IN)) {
      mode = lockMode();
      c.expect(MODE);
    }
    return new LockStmt(relations, mode, c.accept(NOWAIT));
  }

  private int lockMode() {
    int kind = c.peek();
    return switch (kind) {
      case ACCESS -> {
        c.advance();
        if (c.accept(SHARE)) {
          yield ACCESS_SHARE_LOCK;
        }
        c.expect(EXCLUSIVE);
        yield ACCESS_EXCLUSIVE_LOCK;
      }
      case ROW -> {
        c.advance();
        if (c.accept(SHARE)) {
          yield ROW_SHARE_LOCK;
        }
        c.expect(EXCLUSIVE);
        yield ROW_EXCLUSIVE_LOCK;
      }
      case SHARE -> {
        c.advance();
        if (c.accept(UPDATE)) {
          c.expect(EXCLUSIVE);
          yield SHARE_UPDATE_EXCLUSIVE_LOCK;
        }
        if (c.accept(ROW)) {
          c.expect(EXCLUSIVE);
          yield SHARE_ROW_EXCLUSIVE_LOCK;
        }
        yield SHARE_LOCK;
      }
      default -> {
        c.expect(EXCLUSIVE);
        yield EXCLUSIVE_LOCK;
      }
    };
  }

  Stmt truncate() {
    c.expect(TRUNCATE);
    c.accept(TABLE);
    List<RangeVar> relations = c.commaList(g.from::relationExpr);
    boolean restart = c.at(RESTART);
    if (restart || c.at(CONTINUE)) {
      c.advance();
      c.expect(IDENTITY);
    }
    return new TruncateStmt(relations, restart, dropBehavior());
  }

  /// `opt_drop_behavior`
  DropBehavior dropBehavior() {
    if (c.accept(CASCADE)) {
      return DropBehavior.CASCADE;
    }
    c.accept(RESTRICT);
    return DropBehavior.RESTRICT;
  }

  // ---- EXPLAIN

  Stmt explain() {
    c.expect(EXPLAIN);
    List<DefElem> options = new ArrayList<>();
    if (c.at('(') && !atParenthesizedQuery()) {
      options.addAll(u.definitions.utilityOptions());
    } else if (c.at(ANALYZE) || c.at(ANALYSE)) {
      options.add(option("analyze", null, c.advance()));
      optWord(VERBOSE, "verbose", options);
    } else {
      optWord(VERBOSE, "verbose", options);
    }
    return new ExplainStmt(explainable(), List.copyOf(options));
  }

  private boolean atParenthesizedQuery() {
    return switch (c.peek(1)) {
      case SELECT, TABLE, WITH, WITH_LA, '(' -> true;
      case VALUES -> c.peek(2) == '(';
      default -> false;
    };
  }

  private Stmt explainable() {
    return switch (c.peek()) {
      case DECLARE -> u.session.declareCursor();
      case EXECUTE -> u.session.execute();
      case REFRESH -> refresh();
      case CREATE -> u.create.createTableAsOnly();
      default -> g.dml.preparableStmt();
    };
  }
}
