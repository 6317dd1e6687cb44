package dev.lifeline.parser.tree;

import org.jspecify.annotations.Nullable;

/// `FORMAT JSON [ENCODING name]`.
public record JsonFormat(@Nullable String encoding, int location) implements Node {}
