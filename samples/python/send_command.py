#!/usr/bin/python3
"""Sends one command to a Streaming pipeline and prints what became of it.

    send_command.py inventory XYZ-1 RegisterProduct '{"sku": "XYZ-1", "name": "Lamp"}'
    send_command.py inventory XYZ-1 SellStock '{"sku": "XYZ-1", "quantity": 2}' --id receipt-4711 --expected-version 3

Needs python3-confluent-kafka and python3-avro (as Debian calls them). Ends with 0: accepted, 1: refused, 2: no result in time
(send it again under the same --id: it is decided once, and its result is found).
"""
import argparse
import io
import json
import os
import struct
import sys
import time
import urllib.request
import uuid

import avro.io
import avro.schema
from confluent_kafka import Consumer, Producer, TopicPartition

KAFKA = os.environ.get("KAFKA_BOOTSTRAP", "127.0.0.1:9092")
REGISTRY = os.environ.get("SCHEMA_REGISTRY_URL", "http://127.0.0.1:8081")
PREFIX = os.environ.get("TOPICS_PREFIX", "")


def registry(path):
    with urllib.request.urlopen(REGISTRY + path, timeout=10) as answer:
        return json.load(answer)


def encode(name, fields):
    """Confluent wire format: a zero byte, the schema's id in four bytes (big-endian), the Avro body."""
    latest = registry(f"/subjects/{name}/versions/latest")
    body = io.BytesIO()
    avro.io.DatumWriter(avro.schema.parse(latest["schema"])).write(fields, avro.io.BinaryEncoder(body))
    return struct.pack(">bI", 0, latest["id"]) + body.getvalue()


def decode(value):
    _, schema_id = struct.unpack(">bI", value[:5])
    schema = avro.schema.parse(registry(f"/schemas/ids/{schema_id}")["schema"])
    return schema.name, avro.io.DatumReader(schema).read(avro.io.BinaryDecoder(io.BytesIO(value[5:])))


def open_results(topic):
    """A consumer that stands at the end of the results. Opened before the command is sent, so that its result cannot go by."""
    consumer = Consumer({
        "bootstrap.servers": KAFKA,
        "group.id": "unused",                   # No group is joined: every process reads all results.
        "enable.auto.commit": False,
        "isolation.level": "read_committed",    # A result counts when the transaction that holds it is committed.
    })
    partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
    ends = [consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=10)[1] for partition in partitions]
    consumer.assign([TopicPartition(topic, partition, end) for partition, end in zip(partitions, ends)])
    return consumer


def await_result(consumer, key, wait_s):
    deadline = time.monotonic() + wait_s
    while (left := deadline - time.monotonic()) > 0:
        record = consumer.poll(left)
        if record is not None and not record.error() and record.key() == key:
            return decode(record.value())
    return None


def send(topic, key, value, headers, partitioner):
    failures = []
    producer = Producer({
        "bootstrap.servers": KAFKA,
        "partitioner": partitioner,
        "enable.idempotence": True,
    })
    producer.produce(topic, key=key, value=value, headers=headers, on_delivery=lambda error, _: failures.append(error) if error else None)
    if producer.flush(10) > 0 or failures:
        sys.exit(f"Kafka did not confirm the command ({failures}): send it again under the same --id.")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("context", help="such as inventory")
    parser.add_argument("aggregate_id", help="whom the command is for; the record's key")
    parser.add_argument("command", help="the record's name, such as SellStock")
    parser.add_argument("fields", type=json.loads, help="as JSON; what is left out takes its default")
    parser.add_argument("--id", default=str(uuid.uuid4()), help="the command's id: a repeat under the same id does nothing more")
    parser.add_argument("--expected-version", help="decide on this version of the aggregate only")
    parser.add_argument("--wait", type=float, default=10, help="seconds")
    # librdkafka's own default places keys elsewhere than Kafka's: the command would be decided all the same, after a detour.
    parser.add_argument("--partitioner", default="murmur2_random")
    asked = parser.parse_args()

    name = f"streaming.{asked.context}.{asked.command}"
    headers = {"ce_specversion": "1.0", "ce_id": asked.id, "ce_type": name, "ce_source": "/samples/python"}
    if asked.expected_version:
        headers["ce_expectedversion"] = asked.expected_version

    results = open_results(f"{PREFIX}{asked.context}.results")
    try:
        value = encode(name, asked.fields)
        send(f"{PREFIX}{asked.context}.commands", asked.aggregate_id.encode(), value, headers, asked.partitioner)
        result = await_result(results, f"{asked.aggregate_id}/{asked.id}".encode(), asked.wait)
    finally:
        results.close()
    if result is None:
        print(f"No result of {asked.id} within {asked.wait} s.", file=sys.stderr)
        return 2
    outcome, fields = result
    fields.pop("commandHash")
    print(json.dumps({"outcome": outcome, **fields}, ensure_ascii=False))
    return 0 if outcome == "CommandAccepted" else 1


sys.exit(main())
