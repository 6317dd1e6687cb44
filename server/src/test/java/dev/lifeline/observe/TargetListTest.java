package dev.lifeline.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetListTest {
  @Test
  void serversHaveNamesOrAreCalledByTheirPlace() {
    List<Target> targets =
        TargetList.parse(
            """
            # those of the shop
            servers:
              - name: orders
                url: postgresql://lifeline@orders.example.com/postgres?sslmode=verify-full # primary
              - url: "postgresql://lifeline@stock.example.com:5433/postgres?sslmode=require"
              - postgresql://lifeline:secret@10.0.0.1/shop
            """);
    assertEquals(
        List.of("orders", "stock.example.com:5433/postgres", "10.0.0.1/shop"),
        targets.stream().map(Target::name).toList());
    assertEquals(
        "postgresql://lifeline@orders.example.com/postgres?sslmode=verify-full",
        targets.getFirst().uri());
    assertEquals(
        "10.0.0.1/shop (postgresql://lifeline:***@10.0.0.1/shop)", targets.getLast().toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          url: postgresql://a/b | line 1: expected "- name: ...", "url: ..."
          - url: postgresql://a/b~  port: 5432 | line 2: unknown key "port", there are name and url
          - name: a | line 1: a server has no url
          - postgresql://a/b~- postgresql://c@a/b | line 2: two servers are called "a/b"
          - url: postgresql://a/b~  url: postgresql://c/d | line 2: a server has two values of "url"
          - {name: the shop, url: postgresql://a/b} | line 1: "the shop" is no name: it may have no blanks
          servers: all | line 1: expected "- name: ...", "url: ..."
          - url: "postgresql://a/b | line 1: found unexpected end of stream
          """)
  void whatIsNotUnderstoodIsSaid(String text, String reason) {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class, () -> TargetList.parse(text.replace("~", "\n")));
    assertEquals(reason, refused.getMessage());
  }
}
