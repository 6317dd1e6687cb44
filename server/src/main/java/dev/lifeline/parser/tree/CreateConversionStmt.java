package dev.lifeline.parser.tree;

import java.util.List;

/// CREATE CONVERSION.
public record CreateConversionStmt(
    List<String> conversionName,
    String forEncodingName,
    String toEncodingName,
    List<String> funcName,
    boolean def)
    implements Stmt {}
