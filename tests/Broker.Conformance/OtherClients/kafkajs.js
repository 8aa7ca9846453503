// kafkajs: administers, writes (also in a transaction) and reads a topic of its own. Arguments: bootstrap servers, a name for topic and group.
// Ends with 0 when all was as it should be.
const assert = require('node:assert');
const { Kafka, CompressionTypes, logLevel } = require('kafkajs');
const [bootstrap, topic] = process.argv.slice(2);
const kafka = new Kafka({ clientId: 'kafkajs', brokers: bootstrap.split(','), logLevel: logLevel.ERROR });
const values = Array.from({ length: 300 }, (_, i) => `v${i}`);
const messages = values.map((value, i) => ({ key: `k${i % 7}`, value, headers: { h: `${i}` } }));

async function read(count) {
  const consumer = kafka.consumer({ groupId: topic });
  const found = [];
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise((resolve, reject) => {
    const deadline = setTimeout(() => reject(new Error(`${found.length} of ${count} records in 60 s`)), 60_000);
    consumer.run({
      eachMessage: async ({ message }) => {
        found.push(message.value.toString());
        if (found.length === count) { clearTimeout(deadline); resolve(); }
      },
    }).catch(reject);
  });
  await consumer.disconnect();
  return found;
}

async function topicIsKnown(admin) {
  for (const deadline = Date.now() + 30_000; ;) {
    try {
      assert.strictEqual((await admin.fetchTopicMetadata({ topics: [topic] })).topics[0].partitions.length, 3);
      return;
    } catch (error) {
      if (error.type !== 'UNKNOWN_TOPIC_OR_PARTITION' || Date.now() > deadline) throw error;
    }
  }
}

async function main() {
  const admin = kafka.admin();
  await admin.connect();
  // Its own wait for leaders gives up at the first broker of a cluster that has not heard of the topic yet.
  await admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions: 3, configEntries: [{ name: 'cleanup.policy', value: 'delete' }] }] });
  await topicIsKnown(admin);

  const producer = kafka.producer({ idempotent: true });
  await producer.connect();
  await producer.send({ topic, messages: messages.slice(0, 100), acks: -1 });
  await producer.send({ topic, messages: messages.slice(100, 200), acks: -1, compression: CompressionTypes.GZIP });
  await producer.disconnect();

  const transactional = kafka.producer({ transactionalId: topic, idempotent: true, maxInFlightRequests: 1 });
  await transactional.connect();
  const givenUp = await transactional.transaction();
  await givenUp.send({ topic, messages: [{ key: 'k', value: 'given up' }] });
  await givenUp.abort();
  const committed = await transactional.transaction();
  await committed.send({ topic, messages: messages.slice(200) });
  await committed.commit();
  await transactional.disconnect();

  assert.deepStrictEqual((await read(values.length)).sort(), [...values].sort());
  const ends = await admin.fetchTopicOffsets(topic);
  const offsets = await admin.fetchOffsets({ groupId: topic, topics: [topic] });
  for (const { partition, offset } of offsets[0].partitions.filter(({ offset }) => offset !== '-1'))
    assert.ok(BigInt(offset) <= BigInt(ends.find((end) => end.partition === partition).offset));
  assert.ok((await admin.listGroups()).groups.some(({ groupId }) => groupId === topic));
  assert.strictEqual((await admin.describeGroups([topic])).groups[0].state, 'Empty');
  await admin.deleteGroups([topic]);
  await admin.deleteTopics({ topics: [topic] });
  await admin.disconnect();
}

main().catch((failed) => { console.error(failed); process.exit(1); });
