import kafkajs, { type Admin } from 'kafkajs';

/** How many partitions the topic has. @throws Error with one sentence: no such topic, or one whose settings lose records. */
export async function checkTopic(admin: Admin, topic: string): Promise<number> {
  const partitions = await countPartitions(admin, topic);
  if (partitions === undefined) {
    throw new Error(`Kafka has no topic ${topic}: run "npm run migrate", which creates it.`);
  }
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [
      {
        type: kafkajs.ConfigResourceTypes.TOPIC,
        name: topic,
        configNames: ['message.timestamp.type', 'cleanup.policy'],
      },
    ],
  });
  const settings = new Map(resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]));
  const timestamps = settings.get('message.timestamp.type');
  if (timestamps !== 'LogAppendTime') {
    throw new Error(
      `The topic ${topic} has message.timestamp.type=${timestamps}; it must be LogAppendTime, or retention deletes records by the time that their senders wrote: set it with kafka-configs.sh, or run "npm run migrate" with a new TOLLBOOK_TOPIC.`,
    );
  }
  const cleanup = settings.get('cleanup.policy');
  if (cleanup !== 'delete') {
    throw new Error(
      `The topic ${topic} has cleanup.policy=${cleanup}; it must be delete, or compaction removes records that were acknowledged: set it with kafka-configs.sh.`,
    );
  }
  return partitions;
}

/** Undefined when there is no such topic. */
export async function countPartitions(admin: Admin, topic: string): Promise<number | undefined> {
  // Asked for by name, a missing topic would be retried as "not yet known".
  if (!(await admin.listTopics()).includes(topic)) return undefined;
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  return topics[0]?.partitions.length;
}
