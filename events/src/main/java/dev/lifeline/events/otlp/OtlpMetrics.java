package dev.lifeline.events.otlp;

import dev.lifeline.events.journal.Journal;
import dev.lifeline.events.state.ClusterMetric;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Exports the figures of a cluster's state over OTLP, every so often, for as long as it is open. A
/// collector that is away misses what it misses: the next export has the sums again.
public final class OtlpMetrics implements AutoCloseable {
  private static final long CLOSE_S = 5;

  private final SdkMeterProvider provider;

  private OtlpMetrics(SdkMeterProvider provider) {
    this.provider = provider;
  }

  /// Starts to export.
  public static OtlpMetrics start(Journal journal, OtlpConfig config, Duration interval) {
    SdkMeterProvider provider =
        SdkMeterProvider.builder()
            .setResource(config.resource(journal.systemIdentifier()))
            .registerMetricReader(
                PeriodicMetricReader.builder(config.metricExporter()).setInterval(interval).build())
            .build();
    Meter meter = provider.get("dev.lifeline.events");
    for (ClusterMetric metric : ClusterMetric.all()) {
      register(meter, metric, journal);
    }
    return new OtlpMetrics(provider);
  }

  private static void register(Meter meter, ClusterMetric metric, Journal journal) {
    switch (metric.kind()) {
      case GAUGE -> {
        var gauge =
            meter
                .gaugeBuilder(metric.otelName())
                .setDescription(metric.help())
                .setUnit(metric.unit())
                .buildWithCallback(
                    sum -> sum.record(metric.value().applyAsDouble(journal.state())));
        assert gauge != null;
      }
      case COUNTER -> {
        var counter =
            meter
                .counterBuilder(metric.otelName())
                .ofDoubles()
                .setDescription(metric.help())
                .setUnit(metric.unit())
                .buildWithCallback(
                    sum -> sum.record(metric.value().applyAsDouble(journal.state())));
        assert counter != null;
      }
    }
  }

  /// Exports once more, and stops.
  @Override
  public void close() {
    provider.shutdown().join(CLOSE_S, TimeUnit.SECONDS);
  }
}
