package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// `CYCLE columns SET mark [TO value DEFAULT value] USING path`.
public record CteCycleClause(
    List<String> cycleColList,
    String cycleMarkColumn,
    @Nullable Expr cycleMarkValue,
    @Nullable Expr cycleMarkDefault,
    String cyclePathColumn,
    int location)
    implements Node {}
