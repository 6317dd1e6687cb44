package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The text form of arrays: `{1,2,NULL}`, `{{a,b},{"c d",e}}`, `[0:1]={1,2}`.
final class ArrayText {
  private final PgType elementType;
  private final String text;
  private final int typmod;
  private final EvalContext context;
  private final Column elements;
  private int at;
  private int count;

  /// The dimensions that the braces have; -1 where a dimension's length is not known yet.
  private final int[] lengths = new int[PgArray.DIMENSIONS_MAX];

  private int depthOfElements = -1;

  private ArrayText(PgType elementType, String text, int typmod, EvalContext context) {
    this.elementType = elementType;
    this.text = text;
    this.typmod = typmod;
    this.context = context;
    this.elements = new Column(elementType.rep(), 8);
    Arrays.fill(lengths, -1);
  }

  static PgArray parse(PgType elementType, String text, int typmod, EvalContext context) {
    return new ArrayText(elementType, text, typmod, context).parse();
  }

  private PgException malformed() {
    return PgException.error(
        SqlState.INVALID_TEXT_REPRESENTATION, "malformed array literal: \"%s\"", text);
  }

  private PgArray parse() {
    int[] bounds = new int[2 * PgArray.DIMENSIONS_MAX];
    int declared = dimensions(bounds);
    if (declared == 0 && peek() != '{') {
      throw malformed().detail("Array value must start with \"{\" or dimension information.");
    }
    if (declared > 0 && peek() != '{') {
      throw malformed().detail("Array contents must start with \"{\".");
    }
    int depth = subArray(0);
    skipSpace();
    if (at < text.length()) {
      throw malformed().detail("Junk after closing right brace.");
    }
    if (count == 0) {
      return PgArray.empty(elementType);
    }
    int dimensions = depth;
    int[] dims = new int[dimensions];
    int[] lower = new int[dimensions];
    for (int i = 0; i < dimensions; i++) {
      dims[i] = lengths[i];
      lower[i] = 1;
    }
    if (declared > 0) {
      if (declared != dimensions) {
        throw malformed().detail("Specified array dimensions do not match array contents.");
      }
      for (int i = 0; i < dimensions; i++) {
        lower[i] = bounds[2 * i];
        if (bounds[2 * i + 1] - bounds[2 * i] + 1 != dims[i]) {
          throw malformed().detail("Specified array dimensions do not match array contents.");
        }
      }
    }
    return PgArray.of(elementType, dims, lower, elements);
  }

  /// Reads `[1:3][0:1]=`.
  ///
  /// @return how many dimensions there are
  private int dimensions(int[] bounds) {
    int declared = 0;
    skipSpace();
    while (peek() == '[') {
      at++;
      if (declared == PgArray.DIMENSIONS_MAX) {
        throw PgArray.tooManyDimensions(declared + 1);
      }
      int first = number();
      if (peek() == ':') {
        at++;
        bounds[2 * declared] = first;
        bounds[2 * declared + 1] = number();
      } else {
        bounds[2 * declared] = 1;
        bounds[2 * declared + 1] = first;
      }
      if (peek() != ']') {
        throw malformed().detail("Missing \"%s\" after array dimensions.", "]");
      }
      at++;
      if (bounds[2 * declared + 1] < bounds[2 * declared]) {
        throw PgException.error(
            SqlState.ARRAY_ELEMENT_ERROR, "upper bound cannot be less than lower bound");
      }
      declared++;
      skipSpace();
    }
    if (declared > 0) {
      if (peek() != '=') {
        throw malformed().detail("Missing \"%s\" after array dimensions.", "=");
      }
      at++;
      skipSpace();
    }
    return declared;
  }

  private int number() {
    int start = at;
    if (peek() == '-' || peek() == '+') {
      at++;
    }
    while (Character.isDigit(peek())) {
      at++;
    }
    try {
      return Integer.parseInt(text.substring(start, at));
    } catch (NumberFormatException e) {
      throw malformed().detail("\"[\" must introduce explicitly-specified array dimensions.");
    }
  }

  private char peek() {
    return at < text.length() ? text.charAt(at) : '\0';
  }

  private void skipSpace() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  /// Reads from one opening brace to its closing one.
  ///
  /// @return how many dimensions there are below and with this one
  private int subArray(int depth) {
    if (depth >= PgArray.DIMENSIONS_MAX) {
      throw PgArray.tooManyDimensions(depth + 1);
    }
    at++;
    int items = 0;
    int below = 0;
    skipSpace();
    if (peek() == '}') {
      at++;
      if (depth > 0) {
        throw malformed().detail("Unexpected \"%s\" character.", "}");
      }
      return 0;
    }
    while (true) {
      skipSpace();
      if (peek() == '{') {
        if (depthOfElements == depth) {
          throw malformed().detail("Unexpected \"%s\" character.", "{");
        }
        below = subArray(depth + 1);
      } else {
        if (depthOfElements >= 0 && depthOfElements != depth) {
          throw mismatch();
        }
        depthOfElements = depth;
        element();
      }
      items++;
      skipSpace();
      char c = peek();
      at++;
      if (c == '}') {
        break;
      }
      if (at > text.length()) {
        throw malformed().detail("Unexpected end of input.");
      }
      if (c != elementType.delimiter()) {
        throw malformed().detail("Unexpected array element.");
      }
    }
    if (lengths[depth] >= 0 && lengths[depth] != items) {
      throw mismatch();
    }
    lengths[depth] = items;
    return below + 1;
  }

  private PgException mismatch() {
    return malformed()
        .detail("Multidimensional arrays must have sub-arrays with matching dimensions.");
  }

  private void element() {
    StringBuilder value = new StringBuilder();
    boolean quoted = peek() == '"';
    // Where the last character is that is not white space of the outside.
    int significant = 0;
    boolean escaped = false;
    if (quoted) {
      at++;
      while (peek() != '"' || at >= text.length()) {
        takeQuoted(value);
      }
      at++;
      significant = value.length();
    } else {
      while (at < text.length() && peek() != elementType.delimiter() && peek() != '}') {
        char c = text.charAt(at++);
        if (c == '{' || c == '"') {
          throw malformed()
              .detail(c == '"' ? "Unexpected array element." : "Unexpected \"%s\" character.", c);
        }
        if (c == '\\') {
          if (at >= text.length()) {
            throw malformed().detail("Unexpected end of input.");
          }
          value.append(text.charAt(at++));
          escaped = true;
          significant = value.length();
        } else {
          value.append(c);
          significant = Character.isWhitespace(c) ? significant : value.length();
        }
      }
      if (at >= text.length()) {
        throw malformed().detail("Unexpected end of input.");
      }
      if (significant == 0) {
        throw malformed().detail("Unexpected \"%s\" character.", peek());
      }
    }
    value.setLength(significant);
    String string = value.toString();
    if (!quoted && !escaped && string.equalsIgnoreCase("NULL")) {
      elements.setNull(count++);
      return;
    }
    byte[] bytes = string.getBytes(StandardCharsets.UTF_8);
    elementType.ops().input(bytes, 0, bytes.length, typmod, context, elements, count++);
  }

  private void takeQuoted(StringBuilder value) {
    if (at < text.length() && text.charAt(at) == '\\') {
      at++;
    }
    if (at >= text.length()) {
      throw malformed().detail("Unexpected end of input.");
    }
    value.append(text.charAt(at++));
  }

  static void format(PgArray array, EvalContext context, ByteWriter out) {
    int dimensions = array.dimensions();
    if (dimensions == 0) {
      out.ascii("{}");
      return;
    }
    boolean shifted = false;
    for (int i = 0; i < dimensions; i++) {
      shifted |= array.lowerBound(i) != 1;
    }
    if (shifted) {
      for (int i = 0; i < dimensions; i++) {
        out.int8('[');
        out.decimal(array.lowerBound(i));
        out.int8(':');
        out.decimal(array.lowerBound(i) + (long) array.dimension(i) - 1);
        out.int8(']');
      }
      out.int8('=');
    }
    formatDimension(array, 0, 0, context, out);
  }

  /// @return the index of the element after the last one that was written
  private static int formatDimension(
      PgArray array, int dimension, int index, EvalContext context, ByteWriter out) {
    int next = index;
    out.int8('{');
    for (int i = 0; i < array.dimension(dimension); i++) {
      if (i > 0) {
        out.int8(array.elementType().delimiter());
      }
      if (dimension + 1 < array.dimensions()) {
        next = formatDimension(array, dimension + 1, next, context, out);
      } else {
        formatElement(array, next++, context, out);
      }
    }
    out.int8('}');
    return next;
  }

  private static void formatElement(PgArray array, int index, EvalContext context, ByteWriter out) {
    if (array.elements().isNull(index)) {
      out.ascii("NULL");
      return;
    }
    int from = out.size();
    array.elementType().ops().output(array.elements(), index, context, out);
    int length = out.size() - from;
    if (!needsQuotes(out.array(), from, length, array.elementType().delimiter())) {
      return;
    }
    byte[] value = Arrays.copyOfRange(out.array(), from, from + length);
    out.truncate(from);
    out.int8('"');
    for (byte b : value) {
      if (b == '"' || b == '\\') {
        out.int8('\\');
      }
      out.int8(b);
    }
    out.int8('"');
  }

  private static boolean needsQuotes(byte[] bytes, int from, int length, char delimiter) {
    if (length == 0) {
      return true;
    }
    for (int i = from; i < from + length; i++) {
      byte b = bytes[i];
      if (b == '"' || b == '\\' || b == '{' || b == '}' || b == delimiter || IntOps.isSpace(b)) {
        return true;
      }
    }
    return length == 4
        && new String(bytes, from, length, StandardCharsets.US_ASCII).equalsIgnoreCase("NULL");
  }
}
