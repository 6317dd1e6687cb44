package dev.lifeline.dashboard;

import dev.lifeline.events.journal.JournalLine;
import dev.lifeline.events.journal.TailListener;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// One reader of the live stream: server-sent events, whose id is the event's sequence, so that a
/// browser that lost the connection goes on where it was. Events that are not kept any more are
/// told as an event `skipped`.
///
/// Nothing is read from the log before the reader has taken what it was sent: a slow one costs
/// nothing.
final class EventStream implements TailListener {
  private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
  private static final long HEARTBEAT_MS = 15_000;

  private final Vertx vertx;
  private final WorkerExecutor worker;
  private final HttpServerResponse response;
  private final Context context;
  private @Nullable AutoCloseable following;
  private boolean closed;

  EventStream(Vertx vertx, WorkerExecutor worker, HttpServerResponse response) {
    this.vertx = vertx;
    this.worker = worker;
    this.response = response;
    this.context = vertx.getOrCreateContext();
  }

  void start(EventLog log, long fromSequence) {
    response
        .setChunked(true)
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        // Compressed, the first events would wait in the compressor for more.
        .putHeader(HttpHeaders.CONTENT_ENCODING, HttpHeaders.IDENTITY)
        .putHeader("X-Accel-Buffering", "no");
    write(Buffer.buffer("retry: 1000\n\n"));
    // A connection on which nothing happens looks dead to proxies.
    long heartbeat = vertx.setPeriodic(HEARTBEAT_MS, id -> write(Buffer.buffer(": alive\n\n")));
    response.closeHandler(none -> {
      vertx.cancelTimer(heartbeat);
      close();
    });
    following =
        log.follow(
            fromSequence,
            task ->
                worker.executeBlocking(
                    () -> {
                      task.run();
                      return null;
                    },
                    false),
            this);
    if (closed) {
      close();
    }
  }

  @Override
  public CompletionStage<?> onLines(List<JournalLine> lines) {
    Buffer out = Buffer.buffer();
    for (JournalLine line : lines) {
      out.appendString("id: ")
          .appendString(Long.toString(line.sequence()))
          .appendByte((byte) '\n')
          .appendBytes(DATA)
          .appendBytes(line.bytes())
          .appendString("\n\n");
    }
    Promise<Void> taken = Promise.promise();
    context.runOnContext(none -> {
      write(out);
      if (closed || !response.writeQueueFull()) {
        taken.complete();
      } else {
        response.drainHandler(drained -> taken.tryComplete());
        response.exceptionHandler(error -> taken.tryComplete());
      }
    });
    return taken.future().toCompletionStage();
  }

  @Override
  public void onSkipped(long fromSequence, long toSequence) {
    context.runOnContext(none ->
        write(
            Buffer.buffer(
                "event: skipped\ndata: {\"from\":%d,\"to\":%d}\n\n"
                    .formatted(fromSequence, toSequence))));
  }

  @Override
  public void onFailure(Throwable failure) {
    context.runOnContext(none -> {
      if (!closed) {
        response.end();
      }
    });
  }

  private void write(Buffer out) {
    if (!closed && !response.ended()) {
      // A connection that broke is told by the close handler.
      var _ = response.write(out);
    }
  }

  private void close() {
    closed = true;
    AutoCloseable tail = following;
    if (tail != null) {
      following = null;
      try {
        tail.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
