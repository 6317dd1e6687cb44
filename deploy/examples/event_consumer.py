"""Reads the event log of all clusters from Kafka and proves that nothing is missing.

    python3 event_consumer.py localhost:9092 [--until-end]
"""

import sys

from cloudevents.core.bindings.kafka import KafkaMessage, from_kafka_event
from kafka import KafkaConsumer, TopicPartition

TOPIC = "lifeline.events.v1"


def show(record, last_of):
    event = from_kafka_event(
        KafkaMessage(headers=dict(record.headers), key=record.key, value=record.value)
    )
    sequence = int(event.get_extension("sequence"))
    last = last_of.get(event.get_source())
    if last is not None and sequence != last + 1:
        raise SystemExit(f"after {last} comes {sequence} of {event.get_source()}")
    last_of[event.get_source()] = sequence
    print(event.get_time().isoformat(), sequence, event.get_type(), event.get_subject(), event.get_data())


def main(bootstrap_servers, until_end):
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap_servers,
        isolation_level="read_committed",
        enable_auto_commit=False,
    )
    partitions = [TopicPartition(TOPIC, p) for p in consumer.partitions_for_topic(TOPIC)]
    consumer.assign(partitions)
    consumer.seek_to_beginning(*partitions)
    ends = consumer.end_offsets(partitions)
    last_of = {}
    while not until_end or any(consumer.position(p) < ends[p] for p in partitions):
        for records in consumer.poll(timeout_ms=500).values():
            for record in records:
                show(record, last_of)
    consumer.close()


if __name__ == "__main__":
    main(sys.argv[1], "--until-end" in sys.argv[2:])
