package dev.lifeline.commands;

import dev.lifeline.parser.Parser;
import dev.lifeline.parser.TreePrinter;
import dev.lifeline.parser.analyze.Analyzer;
import dev.lifeline.parser.analyze.DefinitionNames;
import dev.lifeline.parser.analyze.Query;
import dev.lifeline.parser.tree.RawStmt;
import dev.lifeline.parser.tree.SelectStmt;
import dev.lifeline.parser.tree.ViewStmt;
import dev.lifeline.utils.adt.QuoteIdent;
import dev.lifeline.utils.adt.UserTypes;
import dev.lifeline.utils.error.PgException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Makes of the text of a CREATE VIEW the text of the query that is kept: tables get their schemas,
/// and stars become the columns that they stand for now. The text is read back at once: a query
/// that would not mean the same then is refused rather than changed.
final class ViewText {
  private final CommandContext context;

  ViewText(CommandContext context) {
    this.context = context;
  }

  String of(ViewStmt statement, Analyzer.ViewDefinition definition) {
    byte[] original = context.queryText().getBytes(StandardCharsets.UTF_8);
    int index = position(Parser.parse(context.queryText()), statement);
    String edited = edit(original, definition.names());
    if (!(Parser.parse(edited).get(index).stmt() instanceof ViewStmt view)) {
      throw refusal();
    }
    String text = TreePrinter.print(view.query());
    check(definition.query(), text);
    return text;
  }

  private static PgException refusal() {
    return PgException.notSupported("this query in a view");
  }

  /// Which of the statements of the text it is.
  private static int position(List<RawStmt> statements, ViewStmt statement) {
    for (int i = 0; i < statements.size(); i++) {
      if (statements.get(i).stmt().equals(statement)) {
        return i;
      }
    }
    throw PgException.notSupported("CREATE VIEW within another statement");
  }

  /// A place in the text and what stands there instead.
  private record Edit(int end, String replacement) {}

  private static String edit(byte[] text, DefinitionNames names) {
    TreeMap<Integer, Edit> edits = new TreeMap<>();
    names
        .schemas()
        .forEach((at, schema) -> edits.put(at, new Edit(at, QuoteIdent.quote(schema) + ".")));
    names
        .stars()
        .forEach((at, columns) -> edits.put(at, new Edit(starEnd(text, at), list(columns))));
    names
        .types()
        .forEach(
            (at, type) -> edits.put(at, new Edit(nameEnd(text, at), UserTypes.reference(type))));
    StringBuilder out = new StringBuilder();
    int from = 0;
    for (Map.Entry<Integer, Edit> edit : edits.entrySet()) {
      out.append(new String(text, from, edit.getKey() - from, StandardCharsets.UTF_8));
      out.append(edit.getValue().replacement());
      from = edit.getValue().end();
    }
    return out.append(new String(text, from, text.length - from, StandardCharsets.UTF_8))
        .toString();
  }

  private static String list(List<List<String>> columns) {
    return columns.stream()
        .map(names -> names.stream().map(QuoteIdent::quote).collect(Collectors.joining(".")))
        .collect(Collectors.joining(", "));
  }

  /// Behind the name, maybe with its schema, that begins here.
  private static int nameEnd(byte[] text, int at) {
    boolean quoted = false;
    for (int i = at; i < text.length; i++) {
      char c = (char) (text[i] & 0xFF);
      if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && c != '.' && c != '_' && c < 128 && !Character.isLetterOrDigit(c)) {
        return i;
      }
    }
    return text.length;
  }

  /// Behind the star that begins here, maybe with the name of a table.
  private static int starEnd(byte[] text, int at) {
    boolean quoted = false;
    for (int i = at; i < text.length; i++) {
      if (text[i] == '"') {
        quoted = !quoted;
      } else if (text[i] == '*' && !quoted) {
        return i + 1;
      }
    }
    throw refusal();
  }

  /// The kept text must say by itself what it means, and give the same columns.
  private void check(Query query, String text) {
    if (!(Parser.parse(text).getFirst().stmt() instanceof SelectStmt select)) {
      throw refusal();
    }
    Analyzer.ViewDefinition again =
        Analyzer.viewDefinition(select, context.catalog(), context.session().evalContext());
    List<Query.Output> expected = query.outputs();
    List<Query.Output> found = again.query().outputs();
    boolean same = again.names().none() && expected.size() == found.size();
    for (int i = 0; same && i < expected.size(); i++) {
      Query.Output a = expected.get(i);
      Query.Output b = found.get(i);
      same =
          a.name().equals(b.name())
              && a.expr().type() == b.expr().type()
              && a.expr().typmod() == b.expr().typmod()
              && a.tableOid() == b.tableOid()
              && a.attnum() == b.attnum();
    }
    if (!same) {
      throw refusal();
    }
  }
}
