package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// CREATE SERVER.
public record CreateForeignServerStmt(
    String servername,
    @Nullable String servertype,
    @Nullable String version,
    String fdwname,
    boolean ifNotExists,
    List<DefElem> options)
    implements Stmt {}
