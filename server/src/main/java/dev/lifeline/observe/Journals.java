package dev.lifeline.observe;

import dev.lifeline.events.Envelope;
import dev.lifeline.events.Origin;
import dev.lifeline.events.codec.EventFormatException;
import dev.lifeline.events.codec.LineReader;
import dev.lifeline.events.journal.Journal;
import dev.lifeline.events.journal.JournalConfig;
import dev.lifeline.events.journal.JournalLine;
import dev.lifeline.events.journal.JournalReader;
import dev.lifeline.observe.message.Redaction;
import dev.lifeline.observe.message.Siblings;
import dev.lifeline.observe.message.Story;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// The journals of the observed servers: `<directory>/<system identifier>/pg_events`.
///
/// A primary and its standbys have one system identifier and so one journal: their story is one.
/// The file `servers` beside the journal lists their names in the order that they were first seen;
/// the first has plain lanes, those of the others begin with their names.
///
/// Not for an event loop: every method may read or write files. Any thread may call.
public final class Journals implements AutoCloseable {
  /// What was told last must be enough to know who lives; a busier server's older lives are told by
  /// the statistics views once more.
  private static final int EVENTS_TO_LEARN_FROM = 50_000;

  private static final int BATCH = 5_000;
  private static final String SERVERS = "servers";

  private final Path directory;
  private final Consumer<Journal> opened;
  private final Map<Long, Journal> journals = new HashMap<>();
  private final Map<Long, Siblings> siblings = new HashMap<>();

  /// The journals of a directory.
  ///
  /// @param opened is told of each journal when it is opened, to publish it
  public Journals(Path directory, Consumer<Journal> opened) {
    this.directory = directory;
    this.opened = opened;
  }

  /// A server's observation, with all that the journal knows of it.
  public record Shelf(Journal journal, Observation observation) {}

  /// The system identifiers that there is a journal of.
  public List<Long> known() throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries
          .filter(path -> Files.isDirectory(path.resolve(Journal.DIRECTORY)))
          .map(path -> path.getFileName().toString())
          .filter(name -> name.matches("\\d{1,20}"))
          .map(Long::parseUnsignedLong)
          .sorted()
          .toList();
    }
  }

  /// Opens a cluster's journal, once.
  public synchronized Journal journal(long systemIdentifier) throws IOException {
    Journal journal = journals.get(systemIdentifier);
    if (journal == null) {
      Path place = place(systemIdentifier);
      Files.createDirectories(place.resolve(Journal.DIRECTORY));
      journal = Journal.open(place, JournalConfig.of(systemIdentifier));
      journals.put(systemIdentifier, journal);
      opened.accept(journal);
    }
    return journal;
  }

  private Path place(long systemIdentifier) {
    return directory.resolve(Long.toUnsignedString(systemIdentifier));
  }

  /// The observation of a server, as the observer before left it.
  public synchronized Shelf shelf(String server, long systemIdentifier, Redaction redaction)
      throws IOException {
    Journal journal = journal(systemIdentifier);
    int number = number(server, place(systemIdentifier));
    Story story = new Story(siblings.computeIfAbsent(systemIdentifier, cluster -> new Siblings()));
    Observation observation =
        new Observation(server, number == 0 ? null : server, story, redaction, journal::emit);
    observation.resume(lastEvents(journal, server));
    return new Shelf(journal, observation);
  }

  private static int number(String server, Path place) throws IOException {
    Path file = place.resolve(SERVERS);
    List<String> names =
        Files.exists(file) ? new ArrayList<>(Files.readAllLines(file)) : new ArrayList<>();
    int known = names.indexOf(server);
    if (known >= 0) {
      return known;
    }
    Files.writeString(
        file,
        server + "\n",
        StandardCharsets.UTF_8,
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    return names.size();
  }

  /// The last events of a server; further back than usual when others have filled the end.
  private static List<Envelope> lastEvents(Journal journal, String server) throws IOException {
    JournalReader reader = journal.reader();
    long last = journal.lastSequence();
    long first = reader.firstSequence();
    for (long reach = EVENTS_TO_LEARN_FROM; ; reach *= 4) {
      long from = Math.max(first, last - reach + 1);
      List<Envelope> events = last == 0 ? List.of() : read(reader, from, last, server);
      if (!events.isEmpty() || from == first) {
        return events;
      }
    }
  }

  private static List<Envelope> read(JournalReader reader, long from, long last, String server)
      throws IOException {
    List<Envelope> events = new ArrayList<>();
    LineReader lines = new LineReader();
    try (var cursor = reader.cursor(from)) {
      while (cursor.nextSequence() <= last) {
        List<JournalLine> batch = cursor.next(BATCH);
        if (batch.isEmpty()) {
          break;
        }
        for (JournalLine line : batch) {
          add(events, lines, line, server);
        }
      }
    }
    return events;
  }

  private static void add(
      List<Envelope> events, LineReader lines, JournalLine line, String server) {
    Envelope event;
    try {
      event = line.envelope(lines);
    } catch (EventFormatException e) {
      return; // of a version that knows more types
    }
    Origin origin = event.origin();
    if (origin != null && origin.server().equals(server)) {
      events.add(event);
    }
  }

  /// Every open journal.
  public synchronized List<Journal> all() {
    return List.copyOf(journals.values());
  }

  @Override
  public synchronized void close() {
    journals.values().forEach(Journal::close);
    journals.clear();
  }
}
