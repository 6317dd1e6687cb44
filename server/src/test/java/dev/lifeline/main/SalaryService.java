package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;

/// The service of `deploy/examples/SalaryService.java`, as whoever reads it would start it.
final class SalaryService implements AutoCloseable {
  private static final String READY = "listening on port ";

  private final Process process;
  private final int port;

  private SalaryService(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /// @param endpoint of an OTLP collector
  static SalaryService start(int postgres, String endpoint) throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                ExampleConsumers.example("SalaryService.java").toString(),
                "postgresql://postgres@127.0.0.1:" + postgres + "/postgres",
                endpoint,
                "0")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader said = process.inputReader();
    String line = said.readLine();
    while (line != null && !line.startsWith(READY)) {
      line = said.readLine();
    }
    if (line == null) {
      throw new IOException("the service did not start");
    }
    return new SalaryService(process, Integer.parseInt(line.substring(READY.length())));
  }

  /// Raises a salary.
  ///
  /// @return the trace of the request
  String raise(int employee) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port + "/employees/" + employee + "/raise");
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.noBody()).build(),
              HttpResponse.BodyHandlers.ofString());
      assertEquals(204, answer.statusCode(), answer.body());
      return answer.headers().firstValue("traceparent").orElseThrow().split("-", -1)[1];
    }
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
