"""kafka-python: administers, writes and reads a topic of its own. Arguments: bootstrap servers, a name for topic and group. Ends with 0 when all was as it should be."""
import sys
import time
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, NewPartitions, NewTopic

bootstrap, name = sys.argv[1:]
RECORDS = 600
FIRST_TIMESTAMP_MS = int(time.time() * 1000)
# What the client waits for a broker's first answer is 2 s unless told; a busy machine takes longer.
CONNECTION = {"bootstrap_servers": bootstrap, "api_version_auto_timeout_ms": 60_000}


def expect(actual, expected):
    assert actual == expected, f"expected {expected}, got {actual}"


def expect_soon(actual, expected):
    """A controller answers before the brokers know."""
    deadline = time.monotonic() + 30
    while actual() != expected and time.monotonic() < deadline:
        time.sleep(0.1)
    expect(actual(), expected)


def setting(wanted):
    resource = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])[0].resources[0]
    return next((entry[1] for entry in resource[4] if entry[0] == wanted), None)


admin = KafkaAdminClient(**CONNECTION)
admin.create_topics([NewTopic(name, num_partitions=3, replication_factor=1, topic_configs={"retention.ms": "3600000"})])
expect_soon(lambda: setting("retention.ms"), "3600000")

for compression in (None, "gzip"):
    producer = KafkaProducer(**CONNECTION, acks="all", retries=10, linger_ms=20, compression_type=compression)
    sent = [
        producer.send(name, key=b"k%d" % i, value=b"v%d" % i, headers=[("h", b"%d" % i)], timestamp_ms=FIRST_TIMESTAMP_MS + i, partition=i % 3)
        for i in range(RECORDS // 2)
    ]
    expect(sorted({future.get(60).partition for future in sent}), [0, 1, 2])
    producer.close()

consumer = KafkaConsumer(
    name, **CONNECTION, group_id=name, auto_offset_reset="earliest", enable_auto_commit=False, consumer_timeout_ms=30_000)
read = []
for record in consumer:
    read.append(record)
    if len(read) == RECORDS:
        break
expect({(record.key[1:], record.headers[0][1]) for record in read}, {(b"%d" % i,) * 2 for i in range(RECORDS // 2)})
consumer.commit()
partition = TopicPartition(name, 1)
expect(consumer.committed(partition), RECORDS // 3)
expect(consumer.offsets_for_times({partition: FIRST_TIMESTAMP_MS + 4})[partition].offset, 1)
expect(consumer.end_offsets([partition])[partition], RECORDS // 3)
consumer.seek(partition, 7)
expect(next(record for record in consumer if record.partition == 1).offset, 7)

group = admin.describe_consumer_groups([name])[0]
expect((group.state, len(group.members)), ("Stable", 1))
consumer.close()
expect((name, "consumer") in admin.list_consumer_groups(), True)
expect(admin.list_consumer_group_offsets(name)[partition].offset, RECORDS // 3)
admin.delete_consumer_groups([name])
admin.create_partitions({name: NewPartitions(total_count=4)})
expect_soon(lambda: len(admin.describe_topics([name])[0]["partitions"]), 4)
admin.delete_topics([name])
