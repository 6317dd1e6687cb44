package dev.lifeline.parser.tree;

import java.util.List;

/// ALTER TEXT SEARCH DICTIONARY.
public record AlterTsDictionaryStmt(List<String> dictname, List<DefElem> options) implements Stmt {}
