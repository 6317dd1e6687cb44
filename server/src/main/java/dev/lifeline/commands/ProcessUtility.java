package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.Steps;
import dev.lifeline.executor.DestReceiver;
import dev.lifeline.executor.ResultColumn;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.executor.async.SessionNotifications;
import dev.lifeline.parser.tree.*;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Finds the command for a utility statement.
public final class ProcessUtility implements Utility {
  /// The oid of the role that may do checkpoints.
  private static final int PG_CHECKPOINT = 4544;

  private final ServerHooks server;

  public ProcessUtility(ServerHooks server) {
    this.server = server;
  }

  @Override
  public boolean handles(Stmt statement) {
    return switch (statement) {
      case PreparableStmt s -> false;
      case ExplainStmt s -> false;
      case PrepareStmt s -> false;
      case ExecuteStmt s -> false;
      case DeallocateStmt s -> false;
      case TransactionStmt s -> false;
      default -> true;
    };
  }

  @Override
  public @Nullable List<ResultColumn> resultColumns(Stmt statement, SessionContext session) {
    return statement instanceof VariableShowStmt show ? VariableCommands.columns(show) : null;
  }

  @Override
  public Future<String> execute(
      RawStmt statement, String queryText, SessionContext session, DestReceiver destination) {
    CommandContext context =
        new CommandContext(
            session, (BackendCatalog) session.catalog(), server, queryText, destination);
    try {
      refuseInReadOnly(statement.stmt(), session);
      return execute(statement.stmt(), context);
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  private void refuseInReadOnly(Stmt statement, SessionContext session) {
    boolean harmless =
        switch (statement) {
          case VariableSetStmt s -> true;
          case VariableShowStmt s -> true;
          case DiscardStmt s -> true;
          case LockStmt s -> true;
          case ConstraintsSetStmt s -> true;
          case CheckPointStmt s -> true;
          case ListenStmt s -> true;
          case UnlistenStmt s -> true;
          case NotifyStmt s -> true;
          case VacuumStmt s -> true;
          case ClusterStmt s -> true;
          case ReindexStmt s -> true;
          case CopyStmt s -> !s.isFrom();
          default -> false;
        };
    if (!harmless && session.xact().readOnly()) {
      throw PgException.error(
          SqlState.READ_ONLY_SQL_TRANSACTION,
          "cannot execute %s in a read-only transaction",
          commandName(statement));
    }
  }

  /// As [CommandContext#perform], for what may be the session's first temporary relation.
  private static Future<String> inSchema(
      RangeVar name, CommandContext c, Function<Steps, String> prepare) {
    return new TempSchema(c).ensureFor(name).compose(made -> c.perform(prepare));
  }

  private static Future<String> execute(Stmt statement, CommandContext c) {
    return switch (statement) {
      case CreateStmt s -> inSchema(s.relation(), c, steps -> new CreateTable(c).prepare(s, steps));
      case CreateTableAsStmt s ->
          new TempSchema(c).ensureFor(s.into().rel()).compose(made -> new CreateTableAs(c).run(s));
      case ViewStmt s -> inSchema(s.view(), c, steps -> new DefineView(c).prepare(s, steps));
      case IndexStmt s -> c.perform(steps -> new DefineIndex(c).prepare(s, steps));
      case AlterTableStmt s -> c.perform(steps -> new AlterTable(c).prepare(s, steps));
      case RenameStmt s -> c.perform(steps -> new RenameCommands(c).prepare(s, steps));
      case AlterObjectSchemaStmt s -> c.perform(steps -> new RenameCommands(c).prepare(s, steps));
      case AlterOwnerStmt s -> c.perform(steps -> new RenameCommands(c).prepare(s, steps));
      case DropStmt s -> c.perform(steps -> new DropCommands(c).prepare(s, steps));
      case CreateEnumStmt s -> c.perform(steps -> new EnumCommands(c).prepare(s, steps));
      case AlterEnumStmt s -> c.perform(steps -> new EnumCommands(c).prepare(s, steps));
      case CreateSeqStmt s ->
          inSchema(s.sequence(), c, steps -> new SequenceCommands(c).prepare(s, steps));
      case AlterSeqStmt s -> c.perform(steps -> new SequenceCommands(c).prepare(s, steps));
      case TruncateStmt s -> c.perform(steps -> new TruncateTable(c).prepare(s, steps));
      case CreatePublicationStmt s ->
          c.perform(steps -> new PublicationCommands(c).prepare(s, steps));
      case AlterPublicationStmt s ->
          c.perform(steps -> new PublicationCommands(c).prepare(s, steps));
      case CreateSubscriptionStmt s -> new SubscriptionCommands(c).run(s);
      case AlterSubscriptionStmt s -> new SubscriptionCommands(c).run(s);
      case DropSubscriptionStmt s -> new SubscriptionCommands(c).run(s);
      case CreateSchemaStmt s -> c.perform(steps -> new SchemaCommands(c).prepare(s, steps));
      case LockStmt s -> c.drive(() -> new LockTable(c).prepare(s));
      case CommentStmt s -> c.perform(steps -> new CommentCommand(c).prepare(s, steps));
      case GrantStmt s -> c.perform(steps -> new GrantCommands(c).prepare(s, steps));
      case GrantRoleStmt s -> c.perform(steps -> new Memberships(c).prepare(s, steps));
      case CreateRoleStmt s -> c.perform(steps -> new RoleCommands(c).prepare(s, steps));
      case AlterRoleStmt s -> c.perform(steps -> new RoleCommands(c).prepare(s, steps));
      case AlterRoleSetStmt s -> c.perform(steps -> new RoleSettings(c).prepare(s, steps));
      case DropRoleStmt s -> c.perform(steps -> new RoleCommands(c).prepare(s, steps));
      case CreatedbStmt s -> new DatabaseCommands(c).create(s);
      case DropdbStmt s -> new DatabaseCommands(c).drop(s);
      case AlterDatabaseStmt s -> c.perform(steps -> new DatabaseCommands(c).prepare(s, steps));
      case AlterDatabaseSetStmt s -> c.perform(steps -> new RoleSettings(c).prepare(s, steps));
      case VariableSetStmt s -> c.drive(() -> new VariableCommands(c).set(s));
      case VariableShowStmt s -> new VariableCommands(c).show(s);
      case ConstraintsSetStmt s -> new SetConstraints(c).run(s);
      case DiscardStmt s -> c.perform(steps -> new VariableCommands(c).discard(s, steps));
      case AlterSystemStmt s -> new VariableCommands(c).alterSystem(s);
      case VacuumStmt s -> new VacuumCommands(c).run(s);
      case ReindexStmt s -> new Reindex(c).run(s);
      case ClusterStmt s -> new ClusterCommands(c).run(s);
      case CopyStmt s -> CopyCommand.run(c, s);
      case CheckPointStmt s -> checkpoint(c);
      case ListenStmt s -> async(c, "LISTEN", n -> n.listen(s.conditionname()));
      case UnlistenStmt s -> async(c, "UNLISTEN", n -> n.unlisten(s.conditionname()));
      case NotifyStmt s ->
          async(
              c,
              "NOTIFY",
              n -> n.notify(s.conditionname(), Objects.requireNonNullElse(s.payload(), "")));
      default -> throw PgException.notSupported(CommandTags.of(statement));
    };
  }

  private static Future<String> async(
      CommandContext c, String tag, Consumer<SessionNotifications> command) {
    command.accept(c.session().notifications());
    return Future.succeededFuture(tag);
  }

  private static Future<String> checkpoint(CommandContext c) {
    if (!c.catalog().superuser() && !c.catalog().rights().actsAs(PG_CHECKPOINT)) {
      throw PgException.error(
          SqlState.INSUFFICIENT_PRIVILEGE,
          "must be superuser or have privileges of pg_checkpoint" + " to do CHECKPOINT");
    }
    return c.session().interruptible(c.server().checkpoint()).map(ignored -> "CHECKPOINT");
  }

  @Override
  public String commandName(Stmt statement) {
    return CommandTags.of(statement);
  }
}
