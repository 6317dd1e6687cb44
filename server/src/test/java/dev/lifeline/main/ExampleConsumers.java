package dev.lifeline.main;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The consumers in `deploy/examples`, run as their README says.
final class ExampleConsumers {
  private ExampleConsumers() {}

  private static Path root() {
    Path up = Path.of("").toAbsolutePath();
    while (up != null && !Files.exists(up.resolve("deploy/examples"))) {
      up = up.getParent();
    }
    if (up == null) {
      throw new IllegalStateException("there is no deploy/examples");
    }
    return up;
  }

  static Path example(String name) {
    return root().resolve("deploy/examples").resolve(name);
  }

  static List<String> java() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        System.getProperty("java.class.path"),
        example("EventConsumer.java").toString());
  }

  /// With the packages that `deploy/test-tools` has fetched, or those of the machine; empty where
  /// there are none.
  static List<String> python() throws IOException, InterruptedException {
    Path packages = root().resolve(".lifeline/tools/python");
    String path = Files.isDirectory(packages) ? packages.toString() : "";
    String own = System.getenv().getOrDefault("PYTHONPATH", "");
    List<String> python = List.of("env", "PYTHONPATH=" + path + ":" + own, "python3");
    List<String> look = new ArrayList<>(python);
    look.addAll(List.of("-c", "import kafka, cloudevents.core.bindings.kafka"));
    if (run(look).exitCode() != 0) {
      return List.of();
    }
    List<String> command = new ArrayList<>(python);
    command.add(root().resolve("deploy/examples/event_consumer.py").toString());
    return command;
  }

  static Tools.Result run(List<String> command) throws IOException, InterruptedException {
    return Tools.run("", command);
  }
}
