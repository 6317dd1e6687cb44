package dev.lifeline.parser.func;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.executor.expr.ExprCompiler;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.FuncExpr;
import dev.lifeline.utils.TimeZoneSetting;
import dev.lifeline.utils.adt.DateTimeStyle;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.FakeSession;
import dev.lifeline.utils.adt.IntervalStyle;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.adt.Values;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.fmgr.SetIterator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Expressions whose results a real PostgreSQL has recorded: each file of
/// `resources/regress/expressions` has lines `> expression` and, below each, what psql showed.
/// Lines `! set name = value` change a setting for what follows. `record-expressions.sh` writes
/// them.
final class ExpressionsTest {
  private static final String FOLDER = "/regress/expressions";

  private record Sample(List<String> settings, String expression, String expected) {}

  @TestFactory
  Stream<DynamicTest> filesOfExpressions() throws Exception {
    Path folder = Path.of(Objects.requireNonNull(getClass().getResource(FOLDER)).toURI());
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList().stream()
          .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> check(file)));
    }
  }

  private static void check(Path file) throws IOException {
    List<Sample> samples = read(file);
    assertTrue(samples.size() >= 10, "only " + samples.size() + " expressions");
    StringBuilder expected = new StringBuilder();
    StringBuilder actual = new StringBuilder();
    for (Sample sample : samples) {
      String result = run(sample);
      if (!result.equals(sample.expected)) {
        expected.append("> ").append(sample.expression).append('\n').append(sample.expected);
        actual.append("> ").append(sample.expression).append('\n').append(result);
      }
    }
    assertEquals(expected.toString(), actual.toString());
  }

  private static List<Sample> read(Path file) throws IOException {
    List<Sample> samples = new ArrayList<>();
    List<String> settings = new ArrayList<>();
    String expression = null;
    StringBuilder expected = new StringBuilder();
    for (String line : Files.readAllLines(file)) {
      boolean begins = line.startsWith("> ") || line.startsWith("! ");
      if (begins && expression != null) {
        samples.add(new Sample(List.copyOf(settings), expression, expected.toString()));
        expression = null;
      }
      if (line.startsWith("> ")) {
        expression = line.substring(2);
        expected.setLength(0);
      } else if (line.startsWith("! ")) {
        settings.add(line.substring(2));
      } else if (expression != null) {
        expected.append(line).append('\n');
      }
    }
    if (expression != null) {
      samples.add(new Sample(List.copyOf(settings), expression, expected.toString()));
    }
    return samples;
  }

  private static String run(Sample sample) {
    EvalContext context = new FakeSession().context();
    try {
      sample.settings.forEach(setting -> set(context, setting));
      Expression expression = new ExpressionReader(context).read(sample.expression);
      EvalFrame frame = new EvalFrame(context);
      if (expression instanceof FuncExpr call && call.returnsSet()) {
        return rows(call, frame, context);
      }
      Object value = ExprCompiler.of(expression).evalBoxed(frame);
      return line(expression.type(), value, context);
    } catch (PgException e) {
      StringBuilder out = new StringBuilder("ERROR:  ");
      out.append(e.sqlState().code()).append(": ").append(e.message()).append('\n');
      if (e.detail() != null) {
        out.append("DETAIL:  ").append(e.detail()).append('\n');
      }
      if (e.hint() != null) {
        out.append("HINT:  ").append(e.hint()).append('\n');
      }
      return out.toString();
    } catch (RuntimeException e) {
      StackTraceElement[] stack = e.getStackTrace();
      return e + (stack.length > 0 ? " at " + stack[0] : "") + "\n";
    }
  }

  private static String line(
      int type, @org.jspecify.annotations.Nullable Object value, EvalContext context) {
    return (value == null ? "\\N" : Values.write(Types.get(type), value, context)) + "\n";
  }

  private static String rows(FuncExpr call, EvalFrame frame, EvalContext context) {
    PgType type = Types.get(call.type());
    Column column = new Column(type.rep(), 1);
    SetIterator rows = ExprCompiler.ofSet(call).open(frame);
    StringBuilder out = new StringBuilder();
    while (rows.next(List.of(column), 0)) {
      out.append(line(call.type(), Values.get(column, 0), context));
    }
    return out.toString();
  }

  private static void set(EvalContext context, String setting) {
    String[] parts = setting.replaceFirst("(?i)^set\\s+", "").split("\\s*=\\s*", 2);
    String value = parts[1].replace("'", "");
    switch (parts[0].toLowerCase(Locale.ROOT)) {
      case "timezone" ->
          context.timeZone(value, Objects.requireNonNull(TimeZoneSetting.of(value)).zone());
      case "datestyle" -> {
        String[] style = value.toUpperCase(Locale.ROOT).split(",\\s*", 2);
        context.dateStyle(
            new DateTimeStyle(
                DateTimeStyle.Format.valueOf(style[0]), DateTimeStyle.Order.valueOf(style[1])));
      }
      case "intervalstyle" ->
          context.intervalStyle(IntervalStyle.valueOf(value.toUpperCase(Locale.ROOT)));
      case "extra_float_digits" -> context.extraFloatDigits(Integer.parseInt(value));
      case "bytea_output" -> context.byteaHex(value.equals("hex"));
      default -> throw new IllegalArgumentException(setting);
    }
  }
}
