package dev.lifeline.tcop;

import dev.lifeline.parser.tree.AConst;
import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.Node;
import dev.lifeline.parser.tree.Stmt;
import dev.lifeline.parser.tree.TransactionStmt;
import dev.lifeline.parser.tree.Value;
import dev.lifeline.parser.tree.VariableSetStmt;
import dev.lifeline.utils.error.PgException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Reads the statements about transactions out of their parse trees.
final class TransactionCommands {
  private TransactionCommands() {}

  /// Null for every other statement.
  static @Nullable TransactionCommand of(Stmt statement) {
    return switch (statement) {
      case TransactionStmt transaction -> of(transaction);
      case VariableSetStmt set
          when set.kind() == VariableSetStmt.Kind.MULTI && "TRANSACTION".equals(set.name()) ->
          new TransactionCommand.SetTransaction(modes(set.args()));
      case VariableSetStmt set
          when set.kind() == VariableSetStmt.Kind.MULTI
              && "TRANSACTION SNAPSHOT".equals(set.name())
              && set.args().getFirst() instanceof AConst constant
              && constant.value() instanceof Value.Str name ->
          new TransactionCommand.SetSnapshot(name.value());
      default -> null;
    };
  }

  private static TransactionCommand of(TransactionStmt statement) {
    return switch (statement.kind()) {
      case BEGIN -> new TransactionCommand.Begin("BEGIN", modes(statement.options()));
      case START -> new TransactionCommand.Begin("START TRANSACTION", modes(statement.options()));
      case COMMIT -> new TransactionCommand.Commit(statement.chain());
      case ROLLBACK -> new TransactionCommand.Rollback(statement.chain());
      case SAVEPOINT -> new TransactionCommand.Savepoint(name(statement));
      case RELEASE -> new TransactionCommand.Release(name(statement));
      case ROLLBACK_TO -> new TransactionCommand.RollbackTo(name(statement));
      case PREPARE -> new TransactionCommand.Prepare();
      case COMMIT_PREPARED ->
          new TransactionCommand.FinishPrepared("COMMIT PREPARED", identifier(statement));
      case ROLLBACK_PREPARED ->
          new TransactionCommand.FinishPrepared("ROLLBACK PREPARED", identifier(statement));
    };
  }

  private static String name(TransactionStmt statement) {
    String name = statement.savepointName();
    if (name == null) {
      throw new IllegalStateException("a savepoint without a name");
    }
    return name;
  }

  private static String identifier(TransactionStmt statement) {
    String gid = statement.gid();
    return gid == null ? "" : gid;
  }

  private static TransactionCommand.Modes modes(List<? extends Node> options) {
    String isolation = null;
    Boolean readOnly = null;
    Boolean deferrable = null;
    for (Node option : options) {
      if (!(option instanceof DefElem element)) {
        throw PgException.notSupported("this transaction mode");
      }
      switch (element.defname()) {
        case "transaction_isolation" -> isolation = string(element);
        case "transaction_read_only" -> readOnly = truth(element);
        case "transaction_deferrable" -> deferrable = truth(element);
        default -> throw PgException.notSupported(element.defname());
      }
    }
    return new TransactionCommand.Modes(isolation, readOnly, deferrable);
  }

  private static @Nullable Node value(DefElem element) {
    return element.arg() instanceof AConst constant ? constant.value() : element.arg();
  }

  private static String string(DefElem element) {
    if (value(element) instanceof Value.Str string) {
      return string.value().toLowerCase(Locale.ROOT);
    }
    throw new IllegalStateException("no string: " + element);
  }

  private static boolean truth(DefElem element) {
    return switch (value(element)) {
      case Value.Int number -> number.value() != 0;
      case Value.Bool bool -> bool.value();
      case null, default -> throw new IllegalStateException("no truth value: " + element);
    };
  }
}
