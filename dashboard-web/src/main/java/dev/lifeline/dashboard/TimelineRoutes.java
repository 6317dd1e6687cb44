package dev.lifeline.dashboard;

import dev.lifeline.events.export.EventFilter;
import dev.lifeline.events.timeline.Axis;
import dev.lifeline.events.timeline.Group;
import dev.lifeline.events.timeline.Place;
import dev.lifeline.events.timeline.Row;
import dev.lifeline.events.timeline.Slice;
import dev.lifeline.events.timeline.Tick;
import dev.lifeline.events.timeline.TickFilter;
import dev.lifeline.events.timeline.TimelineIndex;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/// The timeline, for pages that draw it:
///
/// ```text
/// GET /api/v1/timeline                                      rows, names, extents; how far it is read
/// GET /api/v1/timeline/tile?axis=&level=&index=             a tile, as TileWriter describes it
/// GET /api/v1/timeline/locate?axis=&at=                     the last event up to a coordinate
/// GET /api/v1/timeline/search?from=&direction=&limit=&text= the events that a filter admits, in
///                                                           order from a sequence; `next` goes on
/// GET /api/v1/timeline/counts?from=&to=                     events by type between two sequences
/// GET /api/v1/timeline/chain?sequence=                      its causes, effects and critical path
/// ```
///
/// `axis` is one of `time`, `active`, `lsn`, `sequence`; a tile has 512 buckets of `2^level` and
/// begins at `index * 512 * 2^level`. Tile and search take the filter `types`, `processes`, `pids`:
/// lists separated by commas. A tile that the log has gone past never changes and may be kept.
final class TimelineRoutes {
  /// Events that one request reads into the index before it is answered.
  private static final int REFRESH_MAX = 50_000;

  private static final int LEVEL_MAX = 50;
  private static final int SEARCH_MAX = 2000;
  private static final String JSON = "application/json";

  private final Api api;

  TimelineRoutes(Api api) {
    this.api = api;
  }

  void addTo(Router router) {
    router.get("/api/v1/timeline").handler(Api.guarded(this::overview));
    router.get("/api/v1/timeline/tile").handler(Api.guarded(this::tile));
    router.get("/api/v1/timeline/locate").handler(Api.guarded(this::locate));
    router.get("/api/v1/timeline/search").handler(Api.guarded(this::search));
    router.get("/api/v1/timeline/counts").handler(Api.guarded(this::counts));
    router.get("/api/v1/timeline/chain").handler(Api.guarded(this::chain));
  }

  static TimelineIndex fresh(EventLog log) throws IOException {
    TimelineIndex index = log.timeline();
    index.refresh(REFRESH_MAX);
    return index;
  }

  private void overview(RoutingContext context) {
    EventLog log = api.log(context);
    api.onWorker(
        context,
        () -> {
          TimelineIndex index = fresh(log);
          JsonArray rows = new JsonArray();
          for (Row row : index.rows()) {
            rows.add(new JsonObject().put("type", row.processType()).put("slot", row.slot()));
          }
          return new JsonObject()
              .put("first", json(index.first()))
              .put("last", json(index.last()))
              .put("log_last", log.lastSequence())
              .put("rows", rows)
              .put("types", new JsonArray(TimelineIndex.types()))
              .put("groups", names(Group.values(), Group::text))
              .put("kinds", names(Slice.Kind.values(), Slice.Kind::text))
              .put("ends", names(Slice.End.values(), Slice.End::text))
              .put("counters", new JsonArray(TimelineIndex.counterNames()))
              .toBuffer();
        },
        JSON);
  }

  private static <T> JsonArray names(T[] values, Function<T, String> name) {
    JsonArray names = new JsonArray();
    for (T value : values) {
      names.add(name.apply(value));
    }
    return names;
  }

  static JsonObject json(Place place) {
    return new JsonObject()
        .put("time", place.time())
        .put("active", place.active())
        .put("lsn", place.lsn())
        .put("sequence", place.sequence());
  }

  static JsonObject json(Tick tick) {
    return json(tick.place())
        .put("row", tick.row())
        .put("pid", tick.pid())
        .put("type", TimelineIndex.types().get(tick.type()))
        .put("group", tick.group().text())
        .put("cause", tick.cause())
        .put("duration_ms", tick.durationMs());
  }

  private static Axis axis(RoutingContext context) {
    String name = context.request().getParam("axis", "time");
    Axis axis = Axis.byName(name);
    if (axis == null) {
      throw new Problem(Problem.BAD_REQUEST, "there is no axis " + name);
    }
    return axis;
  }

  private static TickFilter tickFilter(RoutingContext context) {
    return new TickFilter(
        Api.list(context, "types"), Api.list(context, "processes"), Api.pids(context));
  }

  static EventFilter eventFilter(RoutingContext context) {
    return new EventFilter(
        Api.list(context, "types").stream().map(EventFilter::type).toList(),
        Api.list(context, "processes"),
        Api.pids(context),
        null,
        null,
        pattern(context));
  }

  private static @Nullable Pattern pattern(RoutingContext context) {
    String text = context.request().getParam("text");
    if (text == null || text.isEmpty()) {
      return null;
    }
    try {
      return Pattern.compile(text, Pattern.CASE_INSENSITIVE);
    } catch (PatternSyntaxException e) {
      throw new Problem(
          Problem.BAD_REQUEST, "\"text\" is not a regular expression: " + e.getDescription());
    }
  }

  private void tile(RoutingContext context) {
    EventLog log = api.log(context);
    Axis axis = axis(context);
    int level = (int) Math.min(LEVEL_MAX, Api.number(context, "level", 0));
    long index = Math.min(Api.number(context, "index", 0), Long.MAX_VALUE >> (level + 10));
    TickFilter filter = tickFilter(context);
    api.worker()
        .executeBlocking(() -> fresh(log).tile(axis, level, index, filter), false)
        .map(tile -> {
          context
              .response()
              .putHeader(HttpHeaders.CONTENT_TYPE, "application/octet-stream")
              // To compress a tile takes longer than to make and to send it.
              .putHeader(HttpHeaders.CONTENT_ENCODING, HttpHeaders.IDENTITY)
              .putHeader(
                  HttpHeaders.CACHE_CONTROL,
                  tile.isComplete() ? "private, max-age=86400, immutable" : "no-store");
          return Buffer.buffer(tile.toBytes());
        })
        .onSuccess(bytes -> context.response().end(bytes))
        .onFailure(error -> Api.fail(context, error));
  }

  private void locate(RoutingContext context) {
    EventLog log = api.log(context);
    Axis axis = axis(context);
    long at = Api.number(context, "at", 0);
    api.onWorker(
        context,
        () -> {
          Place place = fresh(log).locate(axis, at);
          return json(place == null ? log.timeline().first() : place).toBuffer();
        },
        JSON);
  }

  private void search(RoutingContext context) {
    EventLog log = api.log(context);
    long from = Api.number(context, "from", 0);
    boolean back = context.request().getParam("direction", "forward").equals("back");
    int limit = Math.clamp(Api.number(context, "limit", 100), 1, SEARCH_MAX);
    TickFilter filter = tickFilter(context);
    Pattern text = pattern(context);
    api.onWorker(
        context,
        () -> {
          TimelineIndex index = fresh(log);
          if (text == null) {
            List<Tick> found = index.neighbours(from, back ? -limit : limit, filter);
            return answer(found, found.size() == limit ? found.getLast().place().sequence() : null);
          }
          TextSearch search = new TextSearch(log, eventFilter(context), back, limit);
          List<Long> sequences = search.run(from);
          List<Tick> found = new ArrayList<>();
          for (long sequence : sequences) {
            Tick tick = index.tick(sequence);
            if (tick != null) {
              found.add(tick);
            }
          }
          return answer(found, search.next());
        },
        JSON);
  }

  private static Buffer answer(List<Tick> found, @Nullable Long next) {
    JsonArray matches = new JsonArray();
    found.forEach(tick -> matches.add(json(tick)));
    return new JsonObject().put("matches", matches).put("next", next).toBuffer();
  }

  private void counts(RoutingContext context) {
    EventLog log = api.log(context);
    long from = Api.number(context, "from", 1);
    long to = Api.number(context, "to", log.lastSequence());
    api.onWorker(
        context,
        () -> {
          List<Long> counts = fresh(log).countTypes(from, to);
          JsonObject byType = new JsonObject();
          for (int i = 0; i < counts.size(); i++) {
            if (counts.get(i) > 0) {
              byType.put(TimelineIndex.types().get(i), counts.get(i));
            }
          }
          return new JsonObject().put("counts", byType).toBuffer();
        },
        JSON);
  }

  private void chain(RoutingContext context) {
    EventLog log = api.log(context);
    long sequence = Api.number(context, "sequence", 0);
    api.onWorker(context, () -> new Chain(log, fresh(log)).of(sequence), JSON);
  }
}
