package dev.lifeline.parser;

import static dev.lifeline.parser.SqlText.join;
import static dev.lifeline.parser.SqlText.name;
import static dev.lifeline.parser.SqlText.opt;
import static dev.lifeline.parser.SqlText.optName;
import static dev.lifeline.parser.SqlText.when;

import dev.lifeline.parser.tree.AConst;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.RangeTableFunc;
import dev.lifeline.parser.tree.RangeTableFuncCol;
import dev.lifeline.parser.tree.ResTarget;
import dev.lifeline.parser.tree.Value;
import dev.lifeline.parser.tree.XmlExpr;
import dev.lifeline.parser.tree.XmlSerialize;
import java.util.List;

/// Prints the XML functions.
final class XmlPrinter {
  private XmlPrinter() {}

  private static String documentOrContent(boolean document) {
    return document ? "DOCUMENT" : "CONTENT";
  }

  static String serialize(XmlSerialize xml) {
    return "XMLSERIALIZE("
        + join(
            documentOrContent(xml.document()),
            ExprPrinter.operand(xml.expr()),
            "AS",
            TypePrinter.type(xml.typeName()),
            when(xml.indent(), "INDENT"))
        + ")";
  }

  static String xml(XmlExpr xml) {
    List<Expr> args = xml.args();
    String list = ExprPrinter.list(args);
    return switch (xml.op()) {
      case CONCAT -> "XMLCONCAT(" + list + ")";
      case FOREST -> "XMLFOREST(" + attributes(xml.namedArgs()) + ")";
      case ELEMENT -> element(xml);
      case PI -> "XMLPI(" + optName("NAME", xml.name()) + (args.isEmpty() ? "" : ", " + list) + ")";
      case PARSE ->
          "XMLPARSE("
              + join(
                  documentOrContent(xml.document()),
                  ExprPrinter.operand(args.get(0)),
                  when(xml.preserveWhitespace(), "PRESERVE WHITESPACE"))
              + ")";
      case ROOT -> root(args);
      case IS_DOCUMENT -> ExprPrinter.operand(args.get(0)) + " IS DOCUMENT";
    };
  }

  private static String element(XmlExpr xml) {
    StringBuilder out = new StringBuilder("XMLELEMENT(").append(optName("NAME", xml.name()));
    if (!xml.namedArgs().isEmpty()) {
      out.append(", XMLATTRIBUTES(").append(attributes(xml.namedArgs())).append(')');
    }
    if (!xml.args().isEmpty()) {
      out.append(", ").append(ExprPrinter.list(xml.args()));
    }
    return out.append(')').toString();
  }

  private static String attributes(List<ResTarget> attributes) {
    return SqlText.list(
        attributes,
        attribute ->
            join(opt("", attribute.val(), ExprPrinter::operand), optName("AS", attribute.name())));
  }

  private static String root(List<Expr> args) {
    String version =
        args.get(1) instanceof AConst constant && constant.value() instanceof Value.Null
            ? "NO VALUE"
            : ExprPrinter.operand(args.get(1));
    int number =
        args.get(2) instanceof AConst constant && constant.value() instanceof Value.Int standalone
            ? standalone.value()
            : XmlParser.STANDALONE_OMITTED;
    String standalone =
        switch (number) {
          case XmlParser.STANDALONE_YES -> ", STANDALONE YES";
          case XmlParser.STANDALONE_NO -> ", STANDALONE NO";
          case XmlParser.STANDALONE_NO_VALUE -> ", STANDALONE NO VALUE";
          default -> "";
        };
    return "XMLROOT(" + ExprPrinter.expr(args.get(0)) + ", VERSION " + version + standalone + ")";
  }

  static String table(RangeTableFunc table) {
    String namespaces =
        table.namespaces().isEmpty()
            ? ""
            : "XMLNAMESPACES(" + SqlText.list(table.namespaces(), XmlPrinter::namespace) + "), ";
    return "XMLTABLE("
        + namespaces
        + join(
            ExprPrinter.operand(table.rowexpr()),
            "PASSING",
            ExprPrinter.operand(table.docexpr()),
            "COLUMNS",
            SqlText.list(table.columns(), XmlPrinter::column))
        + ")";
  }

  private static String namespace(ResTarget target) {
    String uri = opt("", target.val(), ExprPrinter::operand);
    String prefix = target.name();
    return prefix == null ? "DEFAULT " + uri : uri + " AS " + name(prefix);
  }

  private static String column(RangeTableFuncCol column) {
    return join(
        name(column.colname()),
        when(column.forOrdinality(), "FOR ORDINALITY"),
        opt("", column.typeName(), TypePrinter::type),
        opt("PATH", column.colexpr(), ExprPrinter::operand),
        opt("DEFAULT", column.coldefexpr(), ExprPrinter::operand),
        when(column.isNotNull(), "NOT NULL"));
  }
}
