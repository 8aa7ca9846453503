#!/usr/bin/env node
// Sends one command to a Streaming pipeline and prints what became of it.
//
//   node send-command.js inventory XYZ-1 RegisterProduct '{"sku": "XYZ-1", "name": "Lamp"}'
//   node send-command.js inventory XYZ-1 SellStock '{"sku": "XYZ-1", "quantity": 2}' --id receipt-4711 --expected-version 3
//
// Needs kafkajs and avsc (npm ci in this folder). Ends with 0: accepted, 1: refused, 2: no result in time (send it again under the
// same --id: it is decided once, and its result is found).
'use strict';
const { randomUUID } = require('node:crypto');
const { parseArgs } = require('node:util');
const avro = require('avsc');
const { Kafka, Partitioners, logLevel } = require('kafkajs');

const { KAFKA_BOOTSTRAP = '127.0.0.1:9092', SCHEMA_REGISTRY_URL = 'http://127.0.0.1:8081', TOPICS_PREFIX = '' } = process.env;

async function registry(path) {
  const answer = await fetch(SCHEMA_REGISTRY_URL + path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

// Confluent wire format: a zero byte, the schema's id in four bytes (big-endian), the Avro body.
async function encode(name, fields) {
  const { id, schema } = await registry(`/subjects/${name}/versions/latest`);
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(id, 1);
  return Buffer.concat([prefix, avro.Type.forSchema(JSON.parse(schema), { wrapUnions: 'never' }).toBuffer(fields)]);
}

async function decode(value) {
  const { schema } = await registry(`/schemas/ids/${value.readUInt32BE(1)}`);
  const type = avro.Type.forSchema(JSON.parse(schema));
  return { outcome: type.name.split('.').pop(), ...type.fromBuffer(value.subarray(5)) };
}

// kafkajs reads in groups only, so each process has one of its own, from where the results end now. Opened before the command is sent,
// so that its result cannot go by. kafkajs reads committed records only, as it must be.
async function openResults(kafka, admin, topic, onRecord) {
  const ends = await admin.fetchTopicOffsets(topic);
  const groupId = `send-command-${randomUUID()}`;
  const consumer = kafka.consumer({ groupId });
  await consumer.connect();
  await consumer.subscribe({ topic });
  await consumer.run({ autoCommit: false, eachMessage: async ({ message }) => onRecord(message) });
  for (const { partition, high } of ends) consumer.seek({ topic, partition, offset: high });
  return async () => {
    await consumer.disconnect();
    await admin.deleteGroups([groupId]);
  };
}

async function main() {
  const { positionals, values: options } = parseArgs({
    allowPositionals: true,
    options: {
      id: { type: 'string', default: randomUUID() },      // A repeat under the same id does nothing more.
      'expected-version': { type: 'string' },             // Decide on this version of the aggregate only.
      wait: { type: 'string', default: '10' },            // Seconds.
    },
  });
  const [context, aggregateId, command, json] = positionals;
  const name = `streaming.${context}.${command}`;
  const headers = { ce_specversion: '1.0', ce_id: options.id, ce_type: name, ce_source: '/samples/node' };
  if (options['expected-version']) headers.ce_expectedversion = options['expected-version'];
  const value = await encode(name, JSON.parse(json));

  const kafka = new Kafka({ brokers: KAFKA_BOOTSTRAP.split(','), logLevel: logLevel.ERROR });
  const admin = kafka.admin();
  // Places keys as Kafka's own clients do, by murmur2.
  const producer = kafka.producer({ idempotent: true, createPartitioner: Partitioners.DefaultPartitioner });
  await Promise.all([admin.connect(), producer.connect()]);

  const { promise: result, resolve } = withResolvers();
  const closeResults = await openResults(kafka, admin, `${TOPICS_PREFIX}${context}.results`, (record) => {
    if (record.key.toString() === `${aggregateId}/${options.id}`) resolve(record.value);
  });
  await producer.send({ topic: `${TOPICS_PREFIX}${context}.commands`, messages: [{ key: aggregateId, value, headers }] });
  const timer = setTimeout(resolve, options.wait * 1000);
  const found = await result;
  clearTimeout(timer);
  await closeResults();
  await Promise.all([producer.disconnect(), admin.disconnect()]);

  if (!found) {
    console.error(`No result of ${options.id} within ${options.wait} s.`);
    return 2;
  }
  const { commandHash, ...fields } = await decode(found);
  console.log(JSON.stringify(fields));
  return fields.outcome === 'CommandAccepted' ? 0 : 1;
}

// Promise.withResolvers, which Node.js has from 22 on.
function withResolvers() {
  let resolve;
  const promise = new Promise((settle) => { resolve = settle; });
  return { promise, resolve };
}

main().then((code) => { process.exitCode = code; }, (failure) => { console.error(failure.message); process.exitCode = 3; });
