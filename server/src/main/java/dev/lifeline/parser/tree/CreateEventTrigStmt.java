package dev.lifeline.parser.tree;

import java.util.List;

/// CREATE EVENT TRIGGER.
public record CreateEventTrigStmt(
    String trigname, String eventname, List<DefElem> whenclause, List<String> funcname)
    implements Stmt {}
