package dev.lifeline.parser;

import static dev.lifeline.parser.SqlText.join;
import static dev.lifeline.parser.SqlText.list;
import static dev.lifeline.parser.SqlText.name;
import static dev.lifeline.parser.SqlText.optName;
import static dev.lifeline.parser.SqlText.parens;
import static dev.lifeline.parser.SqlText.qualified;
import static dev.lifeline.parser.SqlText.when;

import dev.lifeline.parser.tree.*;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Prints what statements have in common that name an object of any kind, and those statements.
final class ObjectPrinter {
  private ObjectPrinter() {}

  /// The words for a kind of objects.
  static String kind(ObjectType type) {
    return switch (type) {
      case MATVIEW -> "MATERIALIZED VIEW";
      case FDW -> "FOREIGN DATA WRAPPER";
      case FOREIGN_SERVER -> "SERVER";
      case TS_CONFIGURATION -> "TEXT SEARCH CONFIGURATION";
      case TS_DICTIONARY -> "TEXT SEARCH DICTIONARY";
      case TS_PARSER -> "TEXT SEARCH PARSER";
      case TS_TEMPLATE -> "TEXT SEARCH TEMPLATE";
      case TABLE_CONSTRAINT, DOMAIN_CONSTRAINT -> "CONSTRAINT";
      case OPERATOR_CLASS -> "OPERATOR CLASS";
      case OPERATOR_FAMILY -> "OPERATOR FAMILY";
      case PARAMETER_ACL -> "PARAMETER";
      default -> SqlText.keyword(type);
    };
  }

  /// A kind and an object of it.
  static String reference(ObjectType type, Node object) {
    return join(kind(type), object(type, object));
  }

  static String object(ObjectType type, Node object) {
    return switch (object) {
      case QualifiedName qualified -> qualifiedObject(type, qualified.names());
      case TypeName typeName -> TypePrinter.type(typeName);
      case ObjectWithArgs withArgs ->
          switch (type) {
            case OPERATOR -> operator(withArgs);
            case AGGREGATE -> aggregate(withArgs);
            default -> function(withArgs);
          };
      case RangeVar relation -> QueryPrinter.relationName(relation);
      case Value value -> ExprPrinter.value(value);
      case NodeList pair -> pair(type, pair.items());
      default -> throw new IllegalArgumentException("no object: " + object);
    };
  }

  private static String qualifiedObject(ObjectType type, List<String> names) {
    int last = names.size() - 1;
    return switch (type) {
      case TRIGGER, RULE, POLICY, TABLE_CONSTRAINT ->
          last == 0
              ? name(names.get(0))
              : name(names.get(last)) + " ON " + qualified(names.subList(0, last));
      case OPERATOR_CLASS, OPERATOR_FAMILY ->
          qualified(names.subList(1, last + 1)) + " USING " + name(names.get(0));
      case PARAMETER_ACL -> OptionPrinter.variable(names.get(0));
      default -> qualified(names);
    };
  }

  private static String pair(ObjectType type, List<? extends Node> items) {
    String first = items.get(0) instanceof TypeName typeName ? TypePrinter.type(typeName) : "";
    return switch (items.get(1)) {
      case TypeName target -> parens(first + " AS " + TypePrinter.type(target));
      case Value.Str word ->
          type == ObjectType.TRANSFORM
              ? "FOR " + first + " LANGUAGE " + name(word.value())
              : name(word.value()) + " ON DOMAIN " + first;
      default -> throw new IllegalArgumentException("no pair of names: " + items);
    };
  }

  // ---- signatures

  static String function(ObjectWithArgs function) {
    String name = qualified(function.objname());
    return function.argsUnspecified()
        ? name
        : name + parens(list(function.objfuncargs(), ObjectPrinter::parameter));
  }

  static String aggregate(ObjectWithArgs aggregate) {
    String args = list(aggregate.objfuncargs(), ObjectPrinter::parameter);
    return qualified(aggregate.objname()) + parens(args.isEmpty() ? "*" : args);
  }

  static String operator(ObjectWithArgs operator) {
    String name = SqlText.anyOperator(operator.objname());
    if (operator.objargs().isEmpty()) {
      return name;
    }
    List<String> types = new ArrayList<>(2);
    for (TypeName type : operator.objargs()) {
      types.add(type == null ? "NONE" : TypePrinter.type(type));
    }
    return name + " " + parens(String.join(", ", types));
  }

  static String parameter(FunctionParameter parameter) {
    String mode =
        switch (parameter.mode()) {
          case DEFAULT, TABLE -> "";
          case IN -> "IN";
          case OUT -> "OUT";
          case INOUT -> "INOUT";
          case VARIADIC -> "VARIADIC";
        };
    return join(
        mode,
        optName("", parameter.name()),
        TypePrinter.type(parameter.argType()),
        SqlText.opt("DEFAULT", parameter.defexpr(), ExprPrinter::expr));
  }

  // ---- statements on any object

  static String cascade(DropBehavior behavior) {
    return when(behavior == DropBehavior.CASCADE, "CASCADE");
  }

  static String drop(DropStmt drop) {
    return join(
        "DROP",
        kind(drop.removeType()),
        when(drop.concurrent(), "CONCURRENTLY"),
        when(drop.missingOk(), "IF EXISTS"),
        list(drop.objects(), object -> object(drop.removeType(), object)),
        cascade(drop.behavior()));
  }

  static String comment(CommentStmt comment) {
    return join(
        "COMMENT ON",
        reference(comment.objtype(), comment.object()),
        "IS",
        OptionPrinter.stringOrNull(comment.comment()));
  }

  static String label(SecLabelStmt label) {
    return join(
        "SECURITY LABEL",
        optName("FOR", label.provider()),
        "ON",
        reference(label.objtype(), label.object()),
        "IS",
        OptionPrinter.stringOrNull(label.label()));
  }

  private static String named(@Nullable RangeVar relation, @Nullable Node object, ObjectType type) {
    if (relation != null) {
      return QueryPrinter.relation(relation);
    }
    return object == null ? "" : object(type, object);
  }

  static String rename(RenameStmt rename) {
    ObjectType type = rename.renameType();
    ObjectType relationType = rename.relationType();
    String sub = optName("", rename.subname());
    String target = named(rename.relation(), rename.object(), type);
    String exists = when(rename.missingOk(), "IF EXISTS");
    String to = "TO " + name(rename.newname());
    return switch (type) {
      case COLUMN ->
          join(
              "ALTER",
              relationType == null ? "TABLE" : kind(relationType),
              exists,
              target,
              "RENAME COLUMN",
              sub,
              to);
      case ATTRIBUTE ->
          join("ALTER TYPE", target, "RENAME ATTRIBUTE", sub, to, cascade(rename.behavior()));
      case TABLE_CONSTRAINT -> join("ALTER TABLE", exists, target, "RENAME CONSTRAINT", sub, to);
      case DOMAIN_CONSTRAINT -> join("ALTER DOMAIN", target, "RENAME CONSTRAINT", sub, to);
      case POLICY, RULE, TRIGGER ->
          join("ALTER", kind(type), exists, sub, "ON", target, "RENAME", to);
      default -> join("ALTER", kind(type), exists, sub.isEmpty() ? target : sub, "RENAME", to);
    };
  }

  static String setSchema(AlterObjectSchemaStmt alter) {
    return join(
        "ALTER",
        kind(alter.objectType()),
        when(alter.missingOk(), "IF EXISTS"),
        named(alter.relation(), alter.object(), alter.objectType()),
        "SET SCHEMA",
        name(alter.newschema()));
  }

  static String depends(AlterObjectDependsStmt alter) {
    Node object = alter.object();
    RangeVar relation = alter.relation();
    String target =
        object != null && relation != null
            ? object(alter.objectType(), object) + " ON " + QueryPrinter.relationName(relation)
            : named(relation, object, alter.objectType());
    return join(
        "ALTER",
        kind(alter.objectType()),
        target,
        when(alter.remove(), "NO"),
        "DEPENDS ON EXTENSION",
        name(alter.extname()));
  }

  static String owner(AlterOwnerStmt alter) {
    return join(
        "ALTER",
        reference(alter.objectType(), alter.object()),
        "OWNER TO",
        OptionPrinter.role(alter.newowner()));
  }
}
