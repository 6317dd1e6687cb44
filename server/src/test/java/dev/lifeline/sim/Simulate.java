package dev.lifeline.sim;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Runs seeds: `--seeds N` many, from `--from S` on, `--jobs J` at a time; or one, `--seed S`, with
/// a trace. With `--plant BUG` the server has that defect ([PlantedBug]).
public final class Simulate {
  private Simulate() {}

  /// What a seed came to: null where it is green.
  static @Nullable Throwable run(long seed, Sabotage sabotage, List<String> trace) {
    return run(seed, sabotage, trace::add);
  }

  /// As the other, without a trace.
  static @Nullable Throwable run(long seed, Sabotage sabotage) {
    return run(seed, sabotage, (Consumer<String>) null);
  }

  private static @Nullable Throwable run(
      long seed, Sabotage sabotage, @Nullable Consumer<String> trace) {
    try {
      SimRun.of(seed, sabotage, trace);
      return null;
    } catch (AssertionError | RuntimeException | StackOverflowError e) {
      return e;
    }
  }

  public static void main(String[] arguments) throws InterruptedException {
    long seeds = 100;
    long from = 1;
    long one = -1;
    int jobs = Runtime.getRuntime().availableProcessors();
    Sabotage sabotage = Sabotage.NONE;
    for (int i = 0; i < arguments.length; i += 2) {
      if (i + 1 == arguments.length) {
        usage();
      }
      String value = arguments[i + 1];
      switch (arguments[i]) {
        case "--seeds" -> seeds = Long.parseLong(value);
        case "--from" -> from = Long.parseLong(value);
        case "--jobs" -> jobs = Integer.parseInt(value);
        case "--seed" -> one = Long.parseLong(value);
        case "--plant" -> sabotage = PlantedBug.valueOf(value);
        default -> usage();
      }
    }
    System.exit(one >= 0 ? traced(one, sabotage) : many(from, seeds, jobs, sabotage));
  }

  private static void usage() {
    System.err.println(
        "usage: simulate [--seeds N] [--from S] [--jobs J] [--plant BUG] | --seed S [--plant BUG]");
    System.exit(2);
  }

  private static int traced(long seed, Sabotage sabotage) {
    Throwable failure = run(seed, sabotage, System.out::println);
    if (failure == null) {
      System.out.println("seed " + seed + " is green");
      return 0;
    }
    failure.printStackTrace(System.out);
    return 1;
  }

  private static int many(long from, long seeds, int jobs, Sabotage sabotage)
      throws InterruptedException {
    long begun = System.nanoTime();
    AtomicLong next = new AtomicLong(from);
    AtomicInteger failed = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(jobs);
    for (int job = 0; job < jobs; job++) {
      threads.execute(() -> {
        for (long seed = next.getAndIncrement();
            seed < from + seeds;
            seed = next.getAndIncrement()) {
          Throwable failure = run(seed, sabotage);
          if (failure != null) {
            failed.incrementAndGet();
            tell(seed, failure);
          }
        }
      });
    }
    threads.shutdown();
    while (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
      summary(next.get() - from, failed.get(), begun);
    }
    summary(seeds, failed.get(), begun);
    return failed.get() == 0 ? 0 : 1;
  }

  private static void tell(long seed, Throwable failure) {
    synchronized (Simulate.class) {
      System.out.println("seed " + seed + " FAILED: " + failure);
      System.out.println("  replay it: deploy/load-test/simulate --seed " + seed);
    }
  }

  private static void summary(long seeds, int failed, long begun) {
    double minutes = (System.nanoTime() - begun) / 60e9;
    System.out.printf("%d seeds, %d failed, %.0f seeds a minute%n", seeds, failed, seeds / minutes);
  }
}
