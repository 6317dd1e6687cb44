package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// ALTER SERVER.
public record AlterForeignServerStmt(
    String servername, @Nullable String version, List<DefElem> options, boolean hasVersion)
    implements Stmt {}
