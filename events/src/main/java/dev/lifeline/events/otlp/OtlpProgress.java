package dev.lifeline.events.otlp;

import dev.lifeline.events.Wide;
import dev.lifeline.events.codec.EventFormatException;
import dev.lifeline.events.codec.JsonWriter;
import dev.lifeline.events.codec.RecordCodec;
import dev.lifeline.events.journal.Journal;
import dev.lifeline.events.journal.JournalFiles;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;

/// How far exporting has come, in a small file beside the log.
///
/// @param exported the spans of all events up to this one are exported, or dropped
/// @param resumeFrom the oldest event that a span began with which was not finished then: reading
///   begins here, so that such spans are whole
record OtlpProgress(@Wide long exported, @Wide long resumeFrom) {
  static final String FILE = "otlp.progress.json";

  private static final RecordCodec JSON =
      new RecordCodec(OtlpProgress.class, MethodHandles.lookup());

  /// The progress of the server's last run. Without one, exporting begins with this run: a
  /// collector that was just installed is not flooded with the past.
  static OtlpProgress load(Journal journal) throws IOException {
    long before = journal.openReport().lastSequence();
    try {
      byte[] json = Files.readAllBytes(journal.directory().resolve(FILE));
      OtlpProgress read = (OtlpProgress) JSON.read(json);
      if (read.exported <= before) {
        return read;
      }
    } catch (NoSuchFileException | EventFormatException e) {
      return new OtlpProgress(before, before + 1);
    }
    return new OtlpProgress(before, before + 1);
  }

  void store(JournalFiles files) throws IOException {
    JsonWriter out = new JsonWriter();
    JSON.write(out, this);
    files.replace(FILE, ByteBuffer.wrap(out.toByteArray()));
  }
}
