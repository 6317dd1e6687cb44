package dev.lifeline.events.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonWriterTest {
  private static String text(JsonWriter out) {
    return new String(out.array(), 0, out.length(), StandardCharsets.UTF_8);
  }

  @Test
  void numbersAreThoseOfJava() {
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 10_000; i++) {
      long value = random.nextLong() >> random.nextInt(64);
      assertEquals(Long.toString(value), text(new JsonWriter().number(value)));
    }
    for (long value : new long[] {0, Long.MAX_VALUE, Long.MIN_VALUE, Long.MIN_VALUE + 1}) {
      assertEquals(Long.toString(value), text(new JsonWriter().number(value)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1, 1",
    "0.001, 0.001",
    "0.0004, 0",
    "0.0006, 0.001",
    "12.5, 12.5",
    "-3.25, -3.25",
    "-0.0001, 0",
    "1e15, 1.0E15",
    "NaN, 0",
    "Infinity, 0",
  })
  void decimalsHaveThreePlaces(double value, String expected) {
    assertEquals(expected, text(new JsonWriter().decimal(value)));
  }

  @Test
  void everyCharacterSurvives() throws Exception {
    ObjectMapper mapper = new ObjectMapper();
    for (int code = 0; code < 0x11_0000; code += code < 0x3000 ? 1 : 61) {
      if (code >= Character.MIN_SURROGATE && code <= Character.MAX_SURROGATE) {
        continue;
      }
      String value = "a" + Character.toString(code) + "z";
      String json = text(new JsonWriter().string(value));
      assertEquals(value, mapper.readValue(json, String.class), () -> "in " + json);
    }
    assertEquals("\"a\uFFFDz\"", text(new JsonWriter().string("a\uD800z")));
    assertEquals("\"\uFFFD\"", text(new JsonWriter().string("\uDC00")));
  }
}
