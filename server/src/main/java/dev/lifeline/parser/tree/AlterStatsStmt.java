package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// ALTER STATISTICS ... SET STATISTICS; null is DEFAULT.
public record AlterStatsStmt(
    List<String> defnames, @Nullable Integer stxstattarget, boolean missingOk) implements Stmt {}
