package dev.lifeline.events.kafka;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;

/// Ends transactions that hang: open in a partition's log, while their coordinator knows nothing of
/// them any more and so will never end them. A broker that is killed can leave one behind, and
/// `read_committed` consumers wait for it for ever.
///
/// Only a cluster's own are ended, and only those of an earlier epoch of its producer, which no
/// publisher can still be writing.
final class HangingTransactions {
  private static final Set<TransactionState> IDLE =
      Set.of(
          TransactionState.EMPTY,
          TransactionState.COMPLETE_ABORT,
          TransactionState.COMPLETE_COMMIT);

  private HangingTransactions() {}

  /// Ends what hangs of one transactional id in some topics.
  ///
  /// @return whether there was anything
  static boolean abort(KafkaConfig config, String transactionalId, List<String> topics) {
    try (Admin admin = Admin.create(config.client(Map.of()))) {
      TransactionDescription known =
          admin.describeTransactions(List.of(transactionalId)).description(transactionalId).get();
      List<AbortTransactionSpec> hanging =
          IDLE.contains(known.state()) ? hanging(admin, known, topics) : List.of();
      for (AbortTransactionSpec spec : hanging) {
        admin.abortTransaction(spec).all().get();
      }
      return !hanging.isEmpty();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException kafka ? kafka : new KafkaException(e.getCause());
    } catch (InterruptedException e) {
      throw new org.apache.kafka.common.errors.InterruptException(e);
    }
  }

  private static List<AbortTransactionSpec> hanging(
      Admin admin, TransactionDescription known, List<String> topics)
      throws ExecutionException, InterruptedException {
    List<TopicPartition> partitions = new ArrayList<>();
    for (var topic : admin.describeTopics(topics).allTopicNames().get().values()) {
      for (TopicPartitionInfo partition : topic.partitions()) {
        partitions.add(new TopicPartition(topic.name(), partition.partition()));
      }
    }
    List<AbortTransactionSpec> result = new ArrayList<>();
    for (var entry : admin.describeProducers(partitions).all().get().entrySet()) {
      for (ProducerState state : entry.getValue().activeProducers()) {
        if (state.currentTransactionStartOffset().isPresent()
            && state.producerId() == known.producerId()
            && state.producerEpoch() < known.producerEpoch()) {
          result.add(
              new AbortTransactionSpec(
                  entry.getKey(),
                  state.producerId(),
                  (short) state.producerEpoch(),
                  state.coordinatorEpoch().orElse(-1)));
        }
      }
    }
    return result;
  }
}
