package dev.lifeline.dashboard;

import dev.lifeline.dashboard.Actions.QueryResult;
import dev.lifeline.events.timeline.Axis;
import dev.lifeline.events.timeline.Place;
import dev.lifeline.events.timeline.Tick;
import dev.lifeline.events.timeline.TimelineIndex;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A query whose rows are points on the timeline:
///
/// ```text
/// POST /api/v1/actions/query   {"sql", "user"?, "password"?} -> {"points": [...], "more": false}
/// ```
///
/// Each row stands at its `sequence`, else at its `time`. It may have a `label` (without one its
/// `event` or `type` is shown) and a `value`, which is drawn as a height. A point has its
/// coordinates on all axes. It needs the token, as every action does.
final class QueryRoute {
  private static final int POINTS_MAX = 10_000;

  private final Api api;
  private final Actions actions;

  QueryRoute(Api api, Actions actions) {
    this.api = api;
    this.actions = actions;
  }

  void addTo(Router router) {
    router.post("/api/v1/actions/query").handler(Api.guarded(this::query));
  }

  private void query(RoutingContext context) {
    EventLog log = api.log(context);
    JsonObject body = ActionRoutes.body(context);
    String sql = ActionRoutes.text(body, "sql");
    actions
        .query(sql, body.getString("user"), body.getString("password"), POINTS_MAX)
        .compose(result -> api.worker().executeBlocking(() -> points(log, result), false))
        .onSuccess(points -> ActionRoutes.answer(context, points))
        .onFailure(error -> ActionRoutes.refuse(context, error));
  }

  private static JsonObject points(EventLog log, QueryResult result) throws IOException {
    List<String> columns = result.columns();
    int sequence = columns.indexOf("sequence");
    int time = columns.indexOf("time");
    if (sequence < 0 && time < 0) {
      throw new Problem(
          Problem.BAD_REQUEST,
          "a lane needs a column \"sequence\" or \"time\"; the query returns "
              + (columns.isEmpty() ? "no columns" : String.join(", ", columns)));
    }
    int label = firstOf(columns, "label", "event", "type");
    int value = columns.indexOf("value");
    TimelineIndex index = TimelineRoutes.fresh(log);
    JsonArray points = new JsonArray();
    int elsewhere = 0;
    for (List<@Nullable Object> row : result.rows()) {
      Place place = place(index, at(row, sequence), at(row, time));
      if (place == null) {
        elsewhere++; // not kept any more, or not read into the index yet
        continue;
      }
      JsonObject point = TimelineRoutes.json(place);
      Object text = at(row, label);
      if (text != null) {
        point.put("label", text.toString());
      }
      if (at(row, value) instanceof Number number) {
        point.put("value", number.doubleValue());
      }
      points.add(point);
    }
    return new JsonObject()
        .put("points", points)
        .put("elsewhere", elsewhere)
        .put("more", result.more());
  }

  private static int firstOf(List<String> columns, String... names) {
    for (String name : names) {
      if (columns.contains(name)) {
        return columns.indexOf(name);
      }
    }
    return -1;
  }

  private static @Nullable Object at(List<@Nullable Object> row, int column) {
    return column < 0 ? null : row.get(column);
  }

  private static @Nullable Place place(
      TimelineIndex index, @Nullable Object sequence, @Nullable Object time) {
    if (sequence instanceof Number number) {
      Tick tick = index.tick(number.longValue());
      return tick == null ? null : tick.place();
    }
    if (!(time instanceof OffsetDateTime moment)) {
      return null;
    }
    long micros = ChronoUnit.MICROS.between(Instant.EPOCH, moment.toInstant());
    Place before = index.locate(Axis.TIME, micros);
    return before == null
        ? null
        : new Place(micros, before.active(), before.lsn(), before.sequence());
  }
}
