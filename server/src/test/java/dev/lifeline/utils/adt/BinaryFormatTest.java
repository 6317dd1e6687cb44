package dev.lifeline.utils.adt;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lifeline.parser.Parser;
import dev.lifeline.parser.analyze.TypeNames;
import dev.lifeline.utils.batch.Column;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// The binary forms against bytes that a real PostgreSQL has sent (`record-binary.sh`), both ways.
final class BinaryFormatTest {
  private final EvalContext context = new FakeSession().context();

  @TestFactory
  Stream<DynamicTest> recordedBytes() throws IOException {
    List<String> lines;
    try (InputStream in = getClass().getResourceAsStream("/regress/binary.txt")) {
      lines =
          new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .toList();
    }
    return lines.stream().map(line -> DynamicTest.dynamicTest(line, () -> check(line)));
  }

  private void check(String line) {
    String[] parts = line.split("\\|", 3);
    PgType type = Types.get(TypeNames.builtin(Parser.parseTypeName(parts[0])).oid());
    Column column = Values.column(type, Values.read(type, parts[1], context));
    ByteWriter out = new ByteWriter();
    type.ops().send(column, 0, context, out);
    assertEquals(parts[2], HexFormat.of().formatHex(out.toBytes()));

    byte[] message = HexFormat.of().parseHex("ffff" + parts[2] + "ff");
    Column back = new Column(type.rep(), 1);
    type.ops().receive(message, 2, message.length - 3, -1, context, back, 0);
    String text = Values.write(type, Objects.requireNonNull(Values.get(back, 0)), context);
    assertEquals(parts[1], text);
  }
}
