package dev.lifeline.parser.tree;

import java.util.List;

/// CREATE LANGUAGE.
public record CreatePLangStmt(
    boolean replace,
    String plname,
    List<String> plhandler,
    List<String> plinline,
    List<String> plvalidator,
    boolean pltrusted)
    implements Stmt {}
