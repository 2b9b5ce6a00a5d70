import type { Consumer } from 'kafkajs';
import type { Logger } from '#libs/telemetry/logger.ts';
import { pause } from '../deliver.ts';
import type { LogSubscriber, LogSubscription, PartitionBounds } from '../event-log.ts';
import { type Assignment, createAssignment } from './assignment.ts';
import { createKafkaClient, type KafkaClient, letGo } from './client.ts';

/**
 * A member of the consumer group that is rebuilt whenever it stops living.
 *
 * kafkajs ends a consumer for good in some cases (a frozen broker, then UNKNOWN_MEMBER_ID) while the process lives on. So kafkajs
 * restarts nothing here: after a crash, or when neither a fetch nor a heartbeat succeeded for a while, the member is thrown away with
 * its connections and a new one joins. The group only shares out partitions; where to read is asked from the subscriber each time.
 */
export interface SubscriptionOptions {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly clientId: string;
  readonly groupId: string;
  readonly subscriber: LogSubscriber;
  readonly bounds: () => Promise<PartitionBounds[]>;
  readonly silenceMs?: number;
  readonly logger?: Logger | undefined;
}

const SESSION_MS = 10_000;
const SILENCE_MS = 20_000;
const REBUILD_PAUSE_MS = 1_000;
const CLOSE_WITHIN_MS = 1_500;
const HINT_EVERY_MS = 5_000;
const MAX_BYTES_PER_PARTITION = 256 * 1024;
/** Bounds how long stopping waits for a poll and how soon a partition that was paused is read again. */
const LONG_POLL_MS = 250;

interface Member {
  readonly client: KafkaClient;
  readonly consumer: Consumer;
  /** Resolves with the reason when this member no longer lives. */
  readonly died: Promise<string>;
  unwatch(): void;
}

export async function subscribeToKafka(options: SubscriptionOptions): Promise<LogSubscription> {
  const closed = new AbortController();
  let assignment: Assignment | undefined;
  let member: Member | undefined;

  /** New partitions for a member; the batch in hand of the assignment before is waited for first. */
  const assign = (consumer: Consumer, partitions: readonly number[]) => {
    const previous = assignment;
    previous?.stop();
    assignment = createAssignment({
      consumer,
      topic: options.topic,
      partitions,
      subscriber: options.subscriber,
      bounds: options.bounds,
      previousIdle: previous?.idle() ?? Promise.resolve(),
    });
  };

  const supervise = async (firstTry: () => void) => {
    while (!closed.signal.aborted) {
      let reason: string;
      // A member that was thrown away may still finish joining or fetching; that no longer concerns us.
      const current: Member = createMember(options, (partitions) => {
        if (member === current && !closed.signal.aborted) assign(current.consumer, partitions);
      });
      member = current;
      try {
        await current.consumer.connect();
        await current.consumer.subscribe({ topic: options.topic, fromBeginning: true });
        await current.consumer.run({
          autoCommit: false,
          eachBatchAutoResolve: false,
          partitionsConsumedConcurrently: 1,
          eachBatch: async (payload) => {
            if (member === current) assignment?.onBatch(payload);
          },
        });
        firstTry();
        reason = await Promise.race([current.died, aborted(closed.signal)]);
      } catch (error) {
        reason = (error as Error).message;
      }
      firstTry();
      current.unwatch();
      if (closed.signal.aborted) return;
      assignment?.stop();
      options.subscriber.onTrouble({
        halted: false,
        message: `reading from Kafka was interrupted (${reason}); joining again`,
      });
      await letGo(current.client, () => current.consumer.disconnect(), CLOSE_WITHIN_MS);
      await pause(REBUILD_PAUSE_MS, closed.signal);
    }
  };

  const hint = async () => {
    const offsets = [...(assignment?.takeHandled() ?? [])].map(([partition, offset]) => ({
      topic: options.topic,
      partition,
      offset: String(offset),
    }));
    // Only a hint for tools that show how far a group is: a failure changes nothing.
    if (offsets.length > 0) await member?.consumer.commitOffsets(offsets).catch(() => {});
  };
  const hints = setInterval(() => void hint(), HINT_EVERY_MS);

  let supervised: Promise<void> = Promise.resolve();
  await new Promise<void>((resolve) => {
    supervised = supervise(resolve);
  });
  return {
    partitions: () => assignment?.partitions ?? [],
    async close() {
      if (closed.signal.aborted) return;
      clearInterval(hints);
      assignment?.stop();
      await assignment?.idle();
      await Promise.race([hint(), pause(LONG_POLL_MS, closed.signal)]);
      closed.abort();
      const last = member;
      if (last) await letGo(last.client, () => last.consumer.disconnect(), CLOSE_WITHIN_MS);
      await supervised;
    },
  };
}

function createMember(options: SubscriptionOptions, onJoin: (partitions: readonly number[]) => void): Member {
  const client = createKafkaClient({
    brokers: options.brokers,
    clientId: options.clientId,
    requestTimeoutMs: 5_000,
    retries: 5,
    logger: options.logger,
  });
  const consumer = client.kafka.consumer({
    groupId: options.groupId,
    sessionTimeout: SESSION_MS,
    rebalanceTimeout: SESSION_MS,
    heartbeatInterval: 1_000,
    maxWaitTimeInMs: LONG_POLL_MS,
    maxBytesPerPartition: MAX_BYTES_PER_PARTITION,
    metadataMaxAge: 60_000,
    allowAutoTopicCreation: false,
  });
  const silenceMs = options.silenceMs ?? SILENCE_MS;
  let lastSign = Date.now();
  const sign = () => {
    lastSign = Date.now();
  };
  let watchdog: NodeJS.Timeout | undefined;
  const died = new Promise<string>((resolve) => {
    watchdog = setInterval(() => {
      if (Date.now() - lastSign >= silenceMs) resolve(`no sign of life from the group for ${silenceMs / 1000} s`);
    }, 1_000);
    consumer.on('consumer.crash', ({ payload }) => resolve(payload.error.message));
  });
  consumer.on('consumer.fetch', sign);
  consumer.on('consumer.heartbeat', sign);
  consumer.on('consumer.group_join', ({ payload }) => {
    sign();
    onJoin(payload.memberAssignment[options.topic] ?? []);
  });
  return { client, consumer, died, unwatch: () => clearInterval(watchdog) };
}

function aborted(signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('closed');
    else signal.addEventListener('abort', () => resolve('closed'), { once: true });
  });
}
