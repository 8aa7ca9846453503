#!/usr/bin/python3
"""Reads the events of a context with nothing but Kafka's client and the registry, and prints each as a line of JSON.

    read_events.py inventory --end                   everything there is, then ends
    read_events.py orders --group my-report          goes on where my-report stopped last time, and stays

Needs python3-confluent-kafka and python3-avro (as Debian calls them).
"""
import argparse
import datetime
import decimal
import io
import json
import os
import struct
import sys
import urllib.request

import avro.io
import avro.schema
from confluent_kafka import Consumer, TopicPartition

KAFKA = os.environ.get("KAFKA_BOOTSTRAP", "127.0.0.1:9092")
REGISTRY = os.environ.get("SCHEMA_REGISTRY_URL", "http://127.0.0.1:8081")
PREFIX = os.environ.get("TOPICS_PREFIX", "")
schemas = {}


def decode(value):
    """Confluent wire format: a zero byte, the schema's id in four bytes (big-endian), the Avro body. Each version is read by the schema it was written with."""
    _, schema_id = struct.unpack(">bI", value[:5])
    if schema_id not in schemas:
        with urllib.request.urlopen(f"{REGISTRY}/schemas/ids/{schema_id}", timeout=10) as answer:
            schemas[schema_id] = avro.schema.parse(json.load(answer)["schema"])
    schema = schemas[schema_id]
    return schema.fullname, avro.io.DatumReader(schema).read(avro.io.BinaryDecoder(io.BytesIO(value[5:])))


def plain(value):
    """Times as ISO 8601, money as text: a float would lose digits."""
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return str(value)
    return value.hex()


def show(record):
    key = record.key().decode()
    aggregate, _, sequence = key.rpartition("@")
    position = f"{record.topic()}-{record.partition()}@{record.offset()}"
    if record.value() is None:
        # The aggregate was purged. What was derived of it has to go, too.
        print(json.dumps({"position": position, "aggregate": aggregate, "erased": True}))
        return
    name, fields = decode(record.value())
    print(json.dumps({"position": position, "aggregate": aggregate, "sequence": int(sequence), "type": name, "event": fields}, default=plain, ensure_ascii=False))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("context", help="such as inventory")
    parser.add_argument("--group", default="", help="keeps its place under this name; without one, it begins at the start")
    parser.add_argument("--end", action="store_true", help="stop at the end of the log")
    asked = parser.parse_args()

    topic = f"{PREFIX}{asked.context}.events"
    consumer = Consumer({
        "bootstrap.servers": KAFKA,
        "group.id": asked.group or "unused",
        "enable.auto.commit": False,            # Committed below, once an event is handled: after a crash it comes again, never goes by.
        "isolation.level": "read_committed",    # An event counts when the transaction that holds it is committed.
        "auto.offset.reset": "earliest",
        "enable.partition.eof": True,
    })
    partitions = list(consumer.list_topics(topic, timeout=10).topics[topic].partitions)
    if asked.group:
        consumer.subscribe([topic])
    else:
        consumer.assign([TopicPartition(topic, partition, 0) for partition in partitions])
    ended = set()
    try:
        while not (asked.end and len(ended) == len(partitions)):
            record = consumer.poll(1)
            if record is None:
                continue
            if record.error():
                ended.add(record.partition())   # Nothing more for now.
                continue
            show(record)
            if asked.group:
                consumer.commit(record, asynchronous=False)
    except KeyboardInterrupt:
        pass
    finally:
        consumer.close()


sys.exit(main())
