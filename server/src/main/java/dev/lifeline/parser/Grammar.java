package dev.lifeline.parser;

import org.jspecify.annotations.Nullable;

/// The parts of the grammar, which call each other as the productions do. Those for utility
/// statements are made when they are needed first.
final class Grammar {
  final Cursor cursor;
  final ExprParser expr;
  final FunctionParser function;
  final TypeParser type;
  final SelectParser select;
  final FromParser from;
  final DmlParser dml;
  private @Nullable JsonParser json;
  private @Nullable UtilityGrammar utility;

  Grammar(Cursor cursor) {
    this.cursor = cursor;
    expr = new ExprParser(this);
    function = new FunctionParser(this);
    type = new TypeParser(this);
    select = new SelectParser(this);
    from = new FromParser(this);
    dml = new DmlParser(this);
  }

  JsonParser json() {
    JsonParser parser = json;
    if (parser == null) {
      json = parser = new JsonParser(this);
    }
    return parser;
  }

  UtilityGrammar utility() {
    UtilityGrammar grammar = utility;
    if (grammar == null) {
      utility = grammar = new UtilityGrammar(this);
    }
    return grammar;
  }
}
