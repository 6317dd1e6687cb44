/// Reading SQL: the text of a query string becomes tokens ([dev.lifeline.parser.Lexer]), and these
/// a list of raw parse trees ([dev.lifeline.parser.Parser], a recursive descent that is structured
/// as PostgreSQL's `gram.y`: its productions by name, its keyword classes, its table of operator
/// precedences). No catalog is looked at here: the same text gives the same tree in every database.
/// [dev.lifeline.parser.StatementShape] works on the tokens alone and takes the literals out of a
/// statement.
///
/// The judge of this package is PostgreSQL's own grammar, which the tests run beside it: the same
/// verdict, the same message at the same place, and what `TreePrinter` prints of a tree parses into
/// the same tree again.
@NullMarked
package dev.lifeline.parser;

import org.jspecify.annotations.NullMarked;
