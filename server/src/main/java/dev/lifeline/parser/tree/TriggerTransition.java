package dev.lifeline.parser.tree;

/// `REFERENCING { OLD | NEW } TABLE AS name`.
public record TriggerTransition(String name, boolean isNew, boolean isTable) implements Node {}
