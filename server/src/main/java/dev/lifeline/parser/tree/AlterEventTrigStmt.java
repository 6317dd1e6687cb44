package dev.lifeline.parser.tree;

/// ALTER EVENT TRIGGER; `tgenabled` as in pg_event_trigger.
public record AlterEventTrigStmt(String trigname, char tgenabled) implements Stmt {}
