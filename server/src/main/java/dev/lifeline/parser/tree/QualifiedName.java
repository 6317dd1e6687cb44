package dev.lifeline.parser.tree;

import java.util.List;

/// The name of an object, from the outermost qualifier.
public record QualifiedName(List<String> names) implements Node {}
