import type { Admin, ITopicConfig } from 'kafkajs';
import { createKafkaAdmin } from './admin.ts';
import { checkTopic, countPartitions } from './check-topic.ts';

export interface ProvisionTopicOptions {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly partitions: number;
  readonly retentionDays: number;
  readonly onWarning: (message: string) => void;
}

const DAY_MS = 86_400_000;
const CREATE_WITHIN_MS = 30_000;
const LOOKS_PER_BROKER = 4;

/**
 * Creates the topic if it is missing, otherwise checks it. Never changes one that exists: its partitions and retention are the
 * operator's. @throws Error with one sentence: Kafka away, or a topic whose settings would lose records.
 */
export async function provisionTopic(options: ProvisionTopicOptions): Promise<void> {
  const admin = createKafkaAdmin({
    brokers: options.brokers,
    clientId: 'tollbook-provision',
    timeoutMs: CREATE_WITHIN_MS,
  });
  try {
    await admin.ask(async (client) => {
      const existing = await countPartitions(client, options.topic);
      if (existing === undefined) await create(client, options);
      await checkTopic(client, options.topic);
      if (existing !== undefined && existing !== options.partitions) {
        options.onWarning(
          `the topic ${options.topic} has ${existing} partitions, not ${options.partitions}; it is left as it is`,
        );
      }
    });
  } finally {
    await admin.close();
  }
}

/**
 * A new topic takes a moment to reach every broker, and whoever starts next may ask any of them. kafkajs asks one at random and its own
 * waiting gives up at one that does not know the topic yet: so this asks until so many answers in a row know leaders of all partitions.
 */
async function untilKnown(admin: Admin, { topic, partitions }: ProvisionTopicOptions, brokers: number): Promise<void> {
  const deadline = Date.now() + CREATE_WITHIN_MS / 2;
  for (let inRow = 0; inRow < LOOKS_PER_BROKER * brokers && Date.now() < deadline; ) {
    const led = await countLed(admin, topic);
    inRow = led >= partitions ? inRow + 1 : 0;
    if (inRow === 0) await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Partitions with a leader, as one broker knows them; 0 where it does not know the topic. */
async function countLed(admin: Admin, topic: string): Promise<number> {
  if (!(await admin.listTopics()).includes(topic)) return 0;
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] }).catch(() => ({ topics: [] }));
  return topics[0]?.partitions.filter(({ leader }) => leader >= 0).length ?? 0;
}

async function create(admin: Admin, options: ProvisionTopicOptions): Promise<void> {
  const { brokers } = await admin.describeCluster();
  const replicated = brokers.length >= 3;
  if (!replicated) {
    options.onWarning(
      `Kafka has ${brokers.length} broker${brokers.length === 1 ? '' : 's'}: ${options.topic} gets ONE copy, and what was acknowledged is lost with its disk. Production needs 3 brokers (replication 3, min.insync.replicas 2).`,
    );
  }
  const topic: ITopicConfig = {
    topic: options.topic,
    numPartitions: options.partitions,
    replicationFactor: replicated ? 3 : 1,
    configEntries: [
      { name: 'min.insync.replicas', value: replicated ? '2' : '1' },
      // By the broker's clock, so that an old event time cannot get a record deleted before it was read.
      { name: 'message.timestamp.type', value: 'LogAppendTime' },
      { name: 'retention.ms', value: String(options.retentionDays * DAY_MS) },
      { name: 'cleanup.policy', value: 'delete' },
    ],
  };
  // Resolves with false when another process created it meanwhile.
  await admin.createTopics({ topics: [topic], waitForLeaders: false });
  await untilKnown(admin, options, brokers.length);
}
