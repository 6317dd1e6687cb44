package dev.lifeline.parser.tree;

import org.jspecify.annotations.Nullable;

/// `RETURNING type [FORMAT JSON]`.
public record JsonOutput(TypeName typeName, @Nullable JsonFormat format) implements Node {}
