package dev.lifeline.parser.tree;

import java.util.List;

/// A list in the place of one node.
public record NodeList(List<? extends Node> items) implements Node {}
