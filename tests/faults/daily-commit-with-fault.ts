import { commitDay } from '#libs/daily-usage/commit-day.ts';
import { publishDay } from '#libs/daily-usage/publish-day.ts';
import { createPool } from '#libs/database/pool.ts';
import { createDailyTopic } from '#libs/event-log/kafka/daily-topic.ts';
import { killAt } from './kill-at.ts';

/* One commit of a day's aggregates, given in USED, to a topic; it kills itself (-9) at the step named in FAULT_AT. */

const { DATABASE_URL, KAFKA_BROKERS, TOPIC, DATE, USED, FAULT_AT } = process.env as Record<string, string>;
const pool = createPool({
  connectionString: DATABASE_URL as string,
  role: 'tollbook_api',
  applicationName: 'victim',
});
const topic = createDailyTopic({
  brokers: (KAFKA_BROKERS as string).split(','),
  topic: TOPIC as string,
  clientId: 'victim',
});
const checkpoint = killAt(FAULT_AT);
const [organizationId, date] = [1, DATE as string];

await commitDay(pool, organizationId, date, async () => {
  await checkpoint('read');
  return [{ customer: 'acme', productSku: 'SKU-1', useUnit: 'GB', amount: USED as string }];
});
await checkpoint('committed');
await publishDay(pool, topic, organizationId, date, checkpoint);
await topic.close();
await pool.end();
