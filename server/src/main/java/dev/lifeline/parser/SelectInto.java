package dev.lifeline.parser;

import dev.lifeline.parser.tree.CreateTableAsStmt;
import dev.lifeline.parser.tree.IntoClause;
import dev.lifeline.parser.tree.ObjectType;
import dev.lifeline.parser.tree.RawStmt;
import dev.lifeline.parser.tree.SelectStmt;
import dev.lifeline.parser.tree.SetOperation;
import org.jspecify.annotations.Nullable;

/// SELECT INTO: another spelling of CREATE TABLE AS. Of several queries it stands in the first.
public final class SelectInto {
  private SelectInto() {}

  /// The statement itself or, of a SELECT INTO, the CREATE TABLE AS that it means.
  public static RawStmt asCreateTable(RawStmt statement) {
    if (!(statement.stmt() instanceof SelectStmt select)) {
      return statement;
    }
    IntoClause into = into(select);
    return into == null
        ? statement
        : new RawStmt(
            new CreateTableAsStmt(select.withoutInto(), into, ObjectType.TABLE, true, false),
            statement.stmtLocation(),
            statement.stmtLen());
  }

  private static @Nullable IntoClause into(SelectStmt select) {
    SelectStmt first = select;
    while (first.op() != SetOperation.NONE && first.larg() != null) {
      first = first.larg();
    }
    return first.intoClause();
  }
}
