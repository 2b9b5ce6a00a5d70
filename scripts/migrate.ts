import { loadConfig } from '#libs/config/load-config.ts';
import { migrate } from '#libs/database/migrate.ts';
import { createPool } from '#libs/database/pool.ts';
import { DAILY_PARTITIONS } from '#libs/event-log/kafka/daily-topic.ts';
import { DEAD_LETTER_PARTITIONS, deadLetterTopicOf } from '#libs/event-log/kafka/dead-letter-topic.ts';
import { provisionTopic } from '#libs/event-log/kafka/provision-topic.ts';
import { announceKeys } from '#libs/process/announce-keys.ts';

/* `npm run migrate`: brings the schema up to date, makes the first keys of an empty installation and prints them, and creates or checks the topics
 * where KAFKA_BROKERS is set. Needs the owner of the database. Safe to repeat. */

try {
  const config = loadConfig(process.env, ['DATABASE_URL']);
  await migrate(config.DATABASE_URL, (name) => console.log(`applied ${name}`));
  console.log('the database schema is up to date');
  const owner = createPool({
    connectionString: config.DATABASE_URL,
    role: 'owner',
    applicationName: 'tollbook-migrate',
    max: 1,
  });
  await announceKeys(owner, config, console.log).finally(() => owner.end());
  if (config.KAFKA_BROKERS) {
    const topics = [
      { topic: config.TOLLBOOK_TOPIC, partitions: config.TOLLBOOK_TOPIC_PARTITIONS },
      { topic: deadLetterTopicOf(config.TOLLBOOK_TOPIC), partitions: DEAD_LETTER_PARTITIONS },
      ...(config.TOLLBOOK_COMPAT === 'on'
        ? [{ topic: config.TOLLBOOK_DAILY_TOPIC, partitions: DAILY_PARTITIONS }]
        : []),
    ];
    for (const topic of topics) {
      await provisionTopic({
        ...topic,
        brokers: config.KAFKA_BROKERS.split(','),
        retentionDays: config.TOLLBOOK_LOG_RETENTION_DAYS,
        onWarning: (message) => console.warn(`warning: ${message}`),
      });
      console.log(`the topic ${topic.topic} is ready`);
    }
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
