package dev.lifeline.parser;

import static dev.lifeline.parser.SqlText.join;
import static dev.lifeline.parser.SqlText.list;
import static dev.lifeline.parser.SqlText.name;
import static dev.lifeline.parser.SqlText.opt;
import static dev.lifeline.parser.SqlText.optName;
import static dev.lifeline.parser.SqlText.parens;
import static dev.lifeline.parser.SqlText.qualified;
import static dev.lifeline.parser.SqlText.string;
import static dev.lifeline.parser.SqlText.when;

import dev.lifeline.parser.tree.*;
import java.util.List;

/// Makes SQL of a raw parse tree again: a text that parses into the same tree, but for the places
/// in the text. Keywords in upper case, names in quotes only where they need them, parentheses
/// around every operand that is more than a name, a constant or a call.
public final class TreePrinter {
  private TreePrinter() {}

  public static String print(Expr expr) {
    return ExprPrinter.expr(expr);
  }

  public static String print(TypeName type) {
    return TypePrinter.type(type);
  }

  /// Several statements with semicolons between them.
  public static String print(List<RawStmt> statements) {
    return String.join("; ", statements.stream().map(raw -> print(raw.stmt())).toList());
  }

  public static String print(Stmt stmt) {
    return switch (stmt) {
      case PreparableStmt preparable -> QueryPrinter.preparable(preparable);
      case TransactionStmt s -> UtilityPrinter.transaction(s);
      case VariableSetStmt s -> OptionPrinter.set(s);
      case VariableShowStmt s -> UtilityPrinter.show(s);
      case ConstraintsSetStmt s -> UtilityPrinter.constraints(s);
      case AlterSystemStmt s -> "ALTER SYSTEM " + OptionPrinter.set(s.setstmt());
      case CreateStmt s -> TablePrinter.createTable(s);
      case CreateForeignTableStmt s -> TablePrinter.createForeignTable(s);
      case CreateTableAsStmt s -> TablePrinter.createTableAs(s);
      case RefreshMatViewStmt s -> UtilityPrinter.refresh(s);
      case AlterTableStmt s -> AlterPrinter.alterTable(s);
      case AlterTableMoveAllStmt s -> AlterPrinter.moveAll(s);
      case DropStmt s -> ObjectPrinter.drop(s);
      case TruncateStmt s -> UtilityPrinter.truncate(s);
      case CommentStmt s -> ObjectPrinter.comment(s);
      case SecLabelStmt s -> ObjectPrinter.label(s);
      case RenameStmt s -> ObjectPrinter.rename(s);
      case AlterObjectSchemaStmt s -> ObjectPrinter.setSchema(s);
      case AlterObjectDependsStmt s -> ObjectPrinter.depends(s);
      case AlterOwnerStmt s -> ObjectPrinter.owner(s);
      case IndexStmt s -> TablePrinter.createIndex(s);
      case ViewStmt s -> CreatePrinter.view(s);
      case CreateSeqStmt s -> CreatePrinter.sequence(s);
      case AlterSeqStmt s ->
          join(
              "ALTER SEQUENCE",
              when(s.missingOk(), "IF EXISTS"),
              QueryPrinter.relationName(s.sequence()),
              OptionPrinter.sequence(s.options()));
      case CreateSchemaStmt s -> CreatePrinter.schema(s);
      case CreatedbStmt s ->
          join("CREATE DATABASE", name(s.dbname()), CreatePrinter.databaseOptions(s.options()));
      case AlterDatabaseStmt s -> UtilityPrinter.alterDatabase(s);
      case AlterDatabaseRefreshCollStmt s ->
          join("ALTER DATABASE", name(s.dbname()), "REFRESH COLLATION VERSION");
      case AlterDatabaseSetStmt s ->
          join("ALTER DATABASE", name(s.dbname()), OptionPrinter.set(s.setstmt()));
      case DropdbStmt s -> UtilityPrinter.dropDatabase(s);
      case CreateRoleStmt s -> RolePrinter.create(s);
      case AlterRoleStmt s -> RolePrinter.alter(s);
      case AlterRoleSetStmt s -> RolePrinter.alterSet(s);
      case DropRoleStmt s ->
          join("DROP ROLE", when(s.missingOk(), "IF EXISTS"), OptionPrinter.roles(s.roles()));
      case GrantStmt s -> RolePrinter.grant(s);
      case GrantRoleStmt s -> RolePrinter.grantRole(s);
      case AlterDefaultPrivilegesStmt s -> RolePrinter.alterDefault(s);
      case ReassignOwnedStmt s ->
          join(
              "REASSIGN OWNED BY",
              OptionPrinter.roles(s.roles()),
              "TO",
              OptionPrinter.role(s.newrole()));
      case DropOwnedStmt s ->
          join(
              "DROP OWNED BY", OptionPrinter.roles(s.roles()), ObjectPrinter.cascade(s.behavior()));
      case CopyStmt s -> UtilityPrinter.copy(s);
      case VacuumStmt s -> UtilityPrinter.vacuum(s);
      case CheckPointStmt _ -> "CHECKPOINT";
      case ExplainStmt s -> UtilityPrinter.explain(s);
      case ListenStmt s -> "LISTEN " + name(s.conditionname());
      case UnlistenStmt s ->
          s.conditionname() == null ? "UNLISTEN *" : optName("UNLISTEN", s.conditionname());
      case NotifyStmt s ->
          "NOTIFY " + name(s.conditionname()) + OptionPrinter.optString(",", s.payload());
      case DeclareCursorStmt s -> UtilityPrinter.declare(s);
      case FetchStmt s -> UtilityPrinter.fetch(s);
      case ClosePortalStmt s ->
          s.portalname() == null ? "CLOSE ALL" : optName("CLOSE", s.portalname());
      case PrepareStmt s -> UtilityPrinter.prepare(s);
      case ExecuteStmt s ->
          join("EXECUTE", name(s.name()), ExprPrinter.optParenthesized(s.params()));
      case DeallocateStmt s ->
          s.name() == null ? "DEALLOCATE ALL" : optName("DEALLOCATE", s.name());
      case DiscardStmt s -> "DISCARD " + s.target();
      case LockStmt s -> UtilityPrinter.lock(s);
      case ClusterStmt s -> UtilityPrinter.cluster(s);
      case ReindexStmt s -> UtilityPrinter.reindex(s);
      case DoStmt s -> RoutinePrinter.doStmt(s);
      case CallStmt s -> "CALL " + CallPrinter.call(s.funccall());
      case LoadStmt s -> "LOAD " + string(s.filename());
      case CompositeTypeStmt s -> CreatePrinter.compositeType(s);
      case CreateEnumStmt s ->
          join(
              "CREATE TYPE",
              qualified(s.typeName()),
              "AS ENUM",
              parens(list(s.vals(), SqlText::string)));
      case AlterEnumStmt s -> CreatePrinter.alterEnum(s);
      case CreateRangeStmt s ->
          join(
              "CREATE TYPE",
              qualified(s.typeName()),
              "AS RANGE",
              OptionPrinter.definition(s.params()));
      case CreateDomainStmt s -> CreatePrinter.domain(s);
      case AlterDomainStmt s -> CreatePrinter.alterDomain(s);
      case AlterTypeStmt s ->
          join("ALTER TYPE", qualified(s.typeName()), CreatePrinter.operatorOptions(s.options()));
      case DefineStmt s -> RoutinePrinter.define(s);
      case CreateExtensionStmt s -> CreatePrinter.extension(s);
      case AlterExtensionStmt s -> UtilityPrinter.alterExtension(s);
      case AlterExtensionContentsStmt s -> UtilityPrinter.alterExtensionContents(s);
      case CreateFunctionStmt s -> RoutinePrinter.createFunction(s);
      case ReturnStmt s -> "RETURN " + ExprPrinter.expr(s.returnval());
      case AlterFunctionStmt s -> RoutinePrinter.alterFunction(s);
      case CreateTrigStmt s -> CreatePrinter.trigger(s);
      case CreateEventTrigStmt s -> CreatePrinter.eventTrigger(s);
      case AlterEventTrigStmt s -> CreatePrinter.alterEventTrigger(s);
      case RuleStmt s -> CreatePrinter.rule(s);
      case CreatePolicyStmt s -> CreatePrinter.policy(s);
      case AlterPolicyStmt s -> CreatePrinter.alterPolicy(s);
      case CreateAmStmt s ->
          join(
              "CREATE ACCESS METHOD",
              name(s.amname()),
              s.amtype() == 'i' ? "TYPE INDEX HANDLER" : "TYPE TABLE HANDLER",
              qualified(s.handlerName()));
      case CreateTableSpaceStmt s -> UtilityPrinter.createTablespace(s);
      case AlterTableSpaceOptionsStmt s ->
          join(
              "ALTER TABLESPACE",
              name(s.tablespacename()),
              s.isReset() ? "RESET" : "SET",
              OptionPrinter.definition(s.options()));
      case DropTableSpaceStmt s ->
          join("DROP TABLESPACE", when(s.missingOk(), "IF EXISTS"), name(s.tablespacename()));
      case CreateCastStmt s -> RoutinePrinter.createCast(s);
      case CreateTransformStmt s -> RoutinePrinter.createTransform(s);
      case CreateConversionStmt s -> RoutinePrinter.createConversion(s);
      case CreatePLangStmt s -> RoutinePrinter.createLanguage(s);
      case CreateOpClassStmt s -> RoutinePrinter.createOpClass(s);
      case CreateOpFamilyStmt s ->
          join("CREATE OPERATOR FAMILY", qualified(s.opfamilyname()), "USING", name(s.amname()));
      case AlterOpFamilyStmt s -> RoutinePrinter.alterOpFamily(s);
      case AlterOperatorStmt s ->
          join(
              "ALTER OPERATOR",
              ObjectPrinter.operator(s.opername()),
              CreatePrinter.operatorOptions(s.options()));
      case AlterCollationStmt s ->
          join("ALTER COLLATION", qualified(s.collname()), "REFRESH VERSION");
      case CreateStatsStmt s -> CreatePrinter.statistics(s);
      case AlterStatsStmt s ->
          join(
              "ALTER STATISTICS",
              when(s.missingOk(), "IF EXISTS"),
              qualified(s.defnames()),
              s.stxstattarget() == null
                  ? "SET STATISTICS DEFAULT"
                  : opt("SET STATISTICS", s.stxstattarget(), target -> target.toString()));
      case CreatePublicationStmt s -> CreatePrinter.publication(s);
      case AlterPublicationStmt s -> CreatePrinter.alterPublication(s);
      case CreateSubscriptionStmt s -> CreatePrinter.subscription(s);
      case AlterSubscriptionStmt s -> CreatePrinter.alterSubscription(s);
      case DropSubscriptionStmt s ->
          join(
              "DROP SUBSCRIPTION",
              when(s.missingOk(), "IF EXISTS"),
              name(s.subname()),
              ObjectPrinter.cascade(s.behavior()));
      case CreateFdwStmt s -> UtilityPrinter.createWrapper(s);
      case AlterFdwStmt s -> UtilityPrinter.alterWrapper(s);
      case CreateForeignServerStmt s -> UtilityPrinter.createServer(s);
      case AlterForeignServerStmt s -> UtilityPrinter.alterServer(s);
      case CreateUserMappingStmt s ->
          UtilityPrinter.userMapping(
              "CREATE", s.user(), s.servername(), s.ifNotExists(), s.options());
      case AlterUserMappingStmt s ->
          UtilityPrinter.userMapping("ALTER", s.user(), s.servername(), false, s.options());
      case DropUserMappingStmt s ->
          UtilityPrinter.userMapping("DROP", s.user(), s.servername(), s.missingOk(), List.of());
      case ImportForeignSchemaStmt s -> UtilityPrinter.importSchema(s);
      case AlterTsDictionaryStmt s ->
          join(
              "ALTER TEXT SEARCH DICTIONARY",
              qualified(s.dictname()),
              OptionPrinter.definition(s.options()));
      case AlterTsConfigurationStmt s -> CreatePrinter.alterTextSearch(s);
    };
  }
}
