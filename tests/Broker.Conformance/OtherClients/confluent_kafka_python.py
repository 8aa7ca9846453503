"""confluent-kafka for Python, with the librdkafka it comes with: a pipeline that reads, writes and commits in transactions. Arguments: bootstrap servers,
a name for topics and group. Ends with 0 when all was as it should be."""
import sys
import time
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, NewPartitions, NewTopic

bootstrap, name = sys.argv[1:]
source, target = name + "-in", name + "-out"
RECORDS = 100
failures = []


def expect(actual, expected):
    assert actual == expected, f"expected {expected}, got {actual}"


def reader(group, isolation="read_committed"):
    return Consumer({
        "bootstrap.servers": bootstrap, "group.id": group, "auto.offset.reset": "earliest", "enable.auto.commit": False,
        "isolation.level": isolation, "enable.partition.eof": True})


def read(topic, isolation):
    consumer = reader("unused", isolation)
    consumer.assign([TopicPartition(topic, 0, 0)])
    values = []
    while True:
        message = consumer.poll(30)
        assert message is not None, "nothing came for 30 s"
        if message.error():
            break
        values.append(message.value())
    consumer.close()
    return values


def settings_of(topic):
    """A cluster's controller answers before its brokers know of the topic."""
    resource = ConfigResource(ConfigResource.Type.TOPIC, topic)
    deadline = time.monotonic() + 30
    while True:
        try:
            return admin.describe_configs([resource])[resource].result(30)
        except KafkaException as refused:
            if refused.args[0].code() != KafkaError.UNKNOWN_TOPIC_OR_PART or time.monotonic() > deadline:
                raise
        time.sleep(0.1)


admin = AdminClient({"bootstrap.servers": bootstrap})
for future in admin.create_topics([NewTopic(topic, 1, 1) for topic in (source, target)]).values():
    future.result(30)
admin.create_partitions([NewPartitions(source, 2)])[source].result(30)
expect(settings_of(source)["cleanup.policy"].value, "delete")

producer = Producer({"bootstrap.servers": bootstrap, "enable.idempotence": True, "compression.type": "zstd"})
for i in range(RECORDS):
    producer.produce(source, b"%d" % i, partition=0, on_delivery=lambda error, message: failures.append(error) if error else None)
expect((producer.flush(30), failures), (0, []))

transactional = Producer({"bootstrap.servers": bootstrap, "transactional.id": name, "transaction.timeout.ms": 30_000})
transactional.init_transactions(30)
consumer = reader(name)
consumer.subscribe([source])
done = 0
while done < RECORDS:
    batch = [message for message in consumer.consume(25, 1) if not message.error()]
    if not batch:
        continue
    # Every batch is written twice, and given up once: only the second may be seen.
    for is_given_up in (True, False):
        transactional.begin_transaction()
        for message in batch:
            transactional.produce(target, message.value())
        if is_given_up:
            transactional.flush(30)
            transactional.abort_transaction(30)
            continue
        transactional.send_offsets_to_transaction(consumer.position(consumer.assignment()), consumer.consumer_group_metadata(), 30)
        transactional.commit_transaction(30)
    done += len(batch)
expect(consumer.committed([TopicPartition(source, 0)], 30)[0].offset, RECORDS)
consumer.close()
expect(read(target, "read_committed"), [b"%d" % i for i in range(RECORDS)])
expect(len(read(target, "read_uncommitted")), 2 * RECORDS)

zombie, heir = transactional, Producer({"bootstrap.servers": bootstrap, "transactional.id": name})
heir.init_transactions(30)
try:
    zombie.begin_transaction()
    zombie.produce(target, b"late")
    zombie.commit_transaction(30)
    raise AssertionError("a fenced producer could still commit")
except KafkaException as fenced:
    expect(fenced.args[0].fatal(), True)
for future in admin.delete_topics([source, target]).values():
    future.result(30)
