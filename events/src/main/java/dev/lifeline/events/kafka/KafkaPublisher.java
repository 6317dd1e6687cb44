package dev.lifeline.events.kafka;

import dev.lifeline.events.journal.Journal;
import dev.lifeline.events.journal.ReadHold;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/// Publishes a journal to Kafka, from a thread of its own, for as long as it is open.
///
/// A broker that is away costs the server nothing: the journal keeps what is not published,
/// retention waits for it, and publishing goes on from there. The pauses between attempts grow from
/// 100 ms to [KafkaConfig#retryBackoffMax].
public final class KafkaPublisher implements AutoCloseable {
  private static final long BACKOFF_MS_MIN = 100;
  private static final Duration DRAIN = Duration.ofSeconds(5);

  private final Journal journal;
  private final KafkaConfig config;
  private final Consumer<KafkaStatus> listener;
  private final String publisher = UUID.randomUUID().toString();
  private final ReadHold hold;
  private final Semaphore wakeups = new Semaphore(0);
  private final Runnable wake = wakeups::release;
  private final Thread thread;
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile KafkaStatus status = new KafkaStatus(KafkaStatus.State.CONNECTING, 0, null);
  private long backoffMs = BACKOFF_MS_MIN;

  private KafkaPublisher(Journal journal, KafkaConfig config, Consumer<KafkaStatus> listener) {
    this.journal = journal;
    this.config = config;
    this.listener = listener;
    hold = journal.hold("kafka", 1); // until the progress is known, all of it may be needed
    thread = Thread.ofPlatform().name("kafka publisher").daemon().unstarted(this::run);
  }

  /// Starts to publish; does not wait for the broker.
  ///
  /// @param listener is told, on the publisher's thread, when the state or the reason changes
  public static KafkaPublisher start(
      Journal journal, KafkaConfig config, Consumer<KafkaStatus> listener) {
    KafkaPublisher publisher = new KafkaPublisher(journal, config, listener);
    journal.addListener(publisher.wake);
    publisher.thread.start();
    return publisher;
  }

  public KafkaStatus status() {
    return status;
  }

  private void run() {
    try {
      boolean returning = false;
      while (!isClosing()) {
        try (KafkaSession session = KafkaSession.open(journal, config, publisher, returning)) {
          returning = true;
          published(session.published());
          publish(session);
        } catch (KafkaException | IOException e) {
          pause(e);
        }
      }
      tell(KafkaStatus.State.CLOSED, null);
    } catch (InterruptedException e) {
      tell(KafkaStatus.State.CLOSED, null);
    } catch (PublishingEndsException e) {
      tell(e.state(), e.getMessage());
    } catch (RuntimeException e) {
      tell(KafkaStatus.State.CLOSED, "unexpected error: " + e);
    } finally {
      journal.removeListener(wake);
      hold.close();
    }
  }

  private void publish(KafkaSession session) throws IOException, InterruptedException {
    while (true) {
      wakeups.drainPermits();
      if (session.publishNext()) {
        published(session.published());
      } else if (isClosing()) {
        return;
      } else {
        wakeups.acquire();
      }
    }
  }

  private void published(long sequence) {
    backoffMs = BACKOFF_MS_MIN;
    hold.advance(sequence + 1);
    KafkaStatus before = status;
    status = new KafkaStatus(KafkaStatus.State.PUBLISHING, sequence, null);
    if (before.state() != KafkaStatus.State.PUBLISHING) {
      listener.accept(status);
    }
  }

  private void pause(Exception e) throws InterruptedException {
    if (isClosing()) {
      return; // the rest is published after the next start
    }
    String reason = e.getMessage() == null ? e.toString() : e.getMessage();
    tell(KafkaStatus.State.AWAY, reason);
    long pauseMs = backoffMs;
    backoffMs = Math.min(2 * backoffMs, config.retryBackoffMax().toMillis());
    closing.await(pauseMs, TimeUnit.MILLISECONDS);
  }

  private boolean isClosing() {
    return closing.getCount() == 0;
  }

  private void tell(KafkaStatus.State state, @Nullable String reason) {
    KafkaStatus before = status;
    status = new KafkaStatus(state, before.publishedSequence(), reason);
    if (before.state() != state || !Objects.equals(before.reason(), reason)) {
      listener.accept(status);
    }
  }

  /// Publishes what is durable, for five seconds at most, and stops. What is left is published
  /// after the next start.
  @Override
  public void close() {
    close(DRAIN);
  }

  /// The same, with another limit.
  public void close(Duration drain) {
    boolean interrupted = false;
    try {
      journal.awaitFlush(drain); // only what is durable is published
      closing.countDown();
      wakeups.release();
      if (!thread.join(drain)) {
        thread.interrupt();
        thread.join();
      }
    } catch (InterruptedException e) {
      interrupted = true;
      closing.countDown();
      thread.interrupt();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
