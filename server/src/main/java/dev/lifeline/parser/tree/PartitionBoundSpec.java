package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// `FOR VALUES ...` or `DEFAULT`. MINVALUE and MAXVALUE are column references here.
public record PartitionBoundSpec(
    @Nullable PartitionStrategy strategy,
    boolean isDefault,
    int modulus,
    int remainder,
    List<Expr> listdatums,
    List<Expr> lowerdatums,
    List<Expr> upperdatums,
    int location)
    implements Node {}
