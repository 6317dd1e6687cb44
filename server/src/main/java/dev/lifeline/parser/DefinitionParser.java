package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.Node;
import dev.lifeline.parser.tree.NodeList;
import dev.lifeline.parser.tree.QualifiedName;
import dev.lifeline.parser.tree.TypeName;
import dev.lifeline.parser.tree.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Lists of options in their various forms; each option is a [DefElem].
final class DefinitionParser {
  private final Grammar g;
  private final Cursor c;

  DefinitionParser(Grammar g) {
    this.g = g;
    this.c = g.cursor;
  }

  static DefElem option(String name, @Nullable Node arg, int location) {
    return new DefElem(null, name, arg, DefElem.Action.UNSPEC, location);
  }

  static DefElem flag(String name, boolean value, int location) {
    return option(name, new Value.Bool(value), location);
  }

  // ---- definition

  /// `definition`
  List<DefElem> definition() {
    return c.parenthesized(this::defElem);
  }

  /// `opt_definition`
  List<DefElem> optDefinition() {
    return c.accept(WITH) ? definition() : List.of();
  }

  private DefElem defElem() {
    int location = c.location();
    String name = c.colLabel();
    return option(name, c.accept('=') ? defArg() : null, location);
  }

  /// `def_arg`
  Node defArg() {
    int kind = c.peek();
    if (c.atNumericOnly()) {
      // A sign without a number behind it is an operator.
      boolean signed = kind == '+' || kind == '-';
      if (!signed || c.peek(1) == ICONST || c.peek(1) == FCONST) {
        return c.numericOnly();
      }
    }
    if (kind == SCONST) {
      return new Value.Str(c.sconst());
    }
    if (kind == NONE) {
      return new Value.Str(c.text());
    }
    if (kind == OPERATOR && c.peek(1) == '(') {
      return new QualifiedName(g.expr.operators().qualAllOp());
    }
    if (TypeParser.startsType(kind)) {
      return g.type.funcType();
    }
    if (Keywords.isKeyword(kind) && Keywords.category(kind) == Keywords.RESERVED) {
      return new Value.Str(c.text());
    }
    return new QualifiedName(g.expr.operators().qualAllOp());
  }

  /// `old_aggr_definition`
  List<DefElem> oldAggregateDefinition() {
    return c.parenthesized(() -> {
      int location = c.location();
      String name = c.ident();
      c.expect('=');
      return option(name, defArg(), location);
    });
  }

  // ---- reloptions

  /// `reloptions`
  List<DefElem> relOptions() {
    return c.parenthesized(this::relOption);
  }

  private DefElem relOption() {
    int location = c.location();
    String name = c.colLabel();
    String namespace = null;
    if (c.accept('.')) {
      namespace = name;
      name = c.colLabel();
    }
    Node arg = c.accept('=') ? defArg() : null;
    return new DefElem(namespace, name, arg, DefElem.Action.UNSPEC, location);
  }

  /// `OptWith` of a table: options, or the word that tables once had OIDS.
  List<DefElem> optWith() {
    if (c.accept(WITH)) {
      return relOptions();
    }
    if (c.at(WITHOUT)) {
      c.expect(WITHOUT, OIDS);
    }
    return List.of();
  }

  // ---- OPTIONS (...)

  /// `create_generic_options`
  List<DefElem> createGenericOptions() {
    return c.accept(OPTIONS) ? c.parenthesized(this::genericOption) : List.of();
  }

  private DefElem genericOption() {
    int location = c.location();
    String name = c.colLabel();
    return option(name, new Value.Str(c.sconst()), location);
  }

  /// `alter_generic_options`
  List<DefElem> alterGenericOptions() {
    c.expect(OPTIONS);
    return c.parenthesized(this::alterGenericOption);
  }

  private DefElem alterGenericOption() {
    DefElem.Action action = DefElem.Action.UNSPEC;
    int kind = c.peek();
    boolean verb = c.peek(1) != SCONST;
    int location = c.location();
    if (verb && kind == SET) {
      action = DefElem.Action.SET;
    } else if (verb && kind == ADD) {
      action = DefElem.Action.ADD;
    } else if (verb && kind == DROP) {
      c.advance();
      return new DefElem(null, c.colLabel(), null, DefElem.Action.DROP, location);
    }
    if (action != DefElem.Action.UNSPEC) {
      c.advance();
    }
    DefElem option = genericOption();
    return new DefElem(null, option.defname(), option.arg(), action, option.location());
  }

  // ---- utility_option_list

  /// `utility_option_list`, with its parentheses.
  List<DefElem> utilityOptions() {
    return c.parenthesized(this::utilityOption);
  }

  private DefElem utilityOption() {
    int location = c.location();
    String name;
    switch (c.peek()) {
      case ANALYZE, ANALYSE -> {
        c.advance();
        name = "analyze";
      }
      case FORMAT_LA -> {
        c.advance();
        name = "format";
      }
      default -> name = c.nonReservedWord();
    }
    Node arg = null;
    if (c.atNumericOnly()) {
      arg = c.numericOnly();
    } else if (c.atBooleanOrString()) {
      arg = new Value.Str(c.booleanOrString());
    }
    return option(name, arg, location);
  }

  // ---- sequences

  /// `OptParenthesizedSeqOptList`
  List<DefElem> optParenthesizedSequenceOptions() {
    if (!c.accept('(')) {
      return List.of();
    }
    List<DefElem> options = sequenceOptions();
    c.expect(')');
    return options;
  }

  /// `SeqOptList`
  List<DefElem> sequenceOptions() {
    List<DefElem> options = new ArrayList<>();
    do {
      options.add(sequenceOption());
    } while (atSequenceOption());
    return List.copyOf(options);
  }

  List<DefElem> optSequenceOptions() {
    return atSequenceOption() ? sequenceOptions() : List.of();
  }

  private boolean atSequenceOption() {
    return switch (c.peek()) {
      case AS,
          CACHE,
          CYCLE,
          NO,
          INCREMENT,
          MAXVALUE,
          MINVALUE,
          OWNED,
          SEQUENCE,
          START,
          RESTART,
          LOGGED,
          UNLOGGED ->
          true;
      default -> false;
    };
  }

  /// `SeqOptElem`
  DefElem sequenceOption() {
    int kind = c.peek();
    int location = c.location();
    if (!atSequenceOption()) {
      throw c.unexpected();
    }
    c.advance();
    return switch (kind) {
      case AS -> {
        TypeName type = g.type.simpleTypeName();
        yield option("as", type, location);
      }
      case LOGGED -> option("logged", null, location);
      case UNLOGGED -> option("unlogged", null, location);
      case CACHE -> option("cache", c.numericOnly(), location);
      case CYCLE -> flag("cycle", true, location);
      case INCREMENT -> {
        c.accept(BY);
        yield option("increment", c.numericOnly(), location);
      }
      case MAXVALUE -> option("maxvalue", c.numericOnly(), location);
      case MINVALUE -> option("minvalue", c.numericOnly(), location);
      case OWNED -> {
        c.expect(BY);
        yield option("owned_by", new QualifiedName(c.anyName()), location);
      }
      case SEQUENCE -> {
        c.expect(NAME);
        yield option("sequence_name", new QualifiedName(c.anyName()), location);
      }
      case START -> {
        optWithWord();
        yield option("start", c.numericOnly(), location);
      }
      case RESTART -> restart(location);
      default -> noSequenceOption(location);
    };
  }

  private DefElem noSequenceOption(int location) {
    return switch (c.peek()) {
      case CYCLE -> {
        c.advance();
        yield flag("cycle", false, location);
      }
      case MAXVALUE -> {
        c.advance();
        yield option("maxvalue", null, location);
      }
      case MINVALUE -> {
        c.advance();
        yield option("minvalue", null, location);
      }
      default -> throw c.unexpected();
    };
  }

  /// What may follow RESTART.
  DefElem restart(int location) {
    if (optWithWord() || c.atNumericOnly()) {
      return option("restart", c.numericOnly(), location);
    }
    return option("restart", null, location);
  }

  /// `opt_with`
  boolean optWithWord() {
    return c.accept(WITH) || c.accept(WITH_LA);
  }

  /// A list of names as one argument.
  static NodeList names(List<String> names) {
    return new NodeList(names.stream().map(Value.Str::new).toList());
  }
}
