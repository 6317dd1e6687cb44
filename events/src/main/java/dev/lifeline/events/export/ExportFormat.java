package dev.lifeline.events.export;

import java.util.Locale;

/// What a selection of events can be written as.
public enum ExportFormat {
  /// CloudEvents 1.0 in JSON, one a line, as on the log.
  CLOUDEVENTS("application/x-ndjson", "ndjson"),
  /// Trace Event Format in JSON, which ui.perfetto.dev and chrome://tracing open.
  CHROME("application/json", "json"),
  /// Comma-separated values with a header line (RFC 4180).
  CSV("text/csv; charset=utf-8", "csv");

  private final String contentType;
  private final String extension;

  ExportFormat(String contentType, String extension) {
    this.contentType = contentType;
    this.extension = extension;
  }

  public String contentType() {
    return contentType;
  }

  /// How files of it are named.
  public String extension() {
    return extension;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
