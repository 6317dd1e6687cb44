package dev.lifeline.parser.tree;

import java.util.List;

/// `AS name (columns)`.
public record Alias(String aliasname, List<String> colnames) implements Node {}
