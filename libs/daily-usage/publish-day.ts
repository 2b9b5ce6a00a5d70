import type { Pool } from '#libs/database/pool.ts';
import { inOrganization } from '#libs/database/transaction.ts';
import type { DailyMessage, DailyTopic } from './daily-topic.ts';
import { lockDailyCommit } from './store/lock-daily-commit.ts';
import { type DailyRecord, selectDailyRecords } from './store/select-daily-records.ts';
import { updateDailySending } from './store/update-daily-sending.ts';

export type PublishStep = 'noted' | 'published';

/**
 * Brings the records of a day that are not in the topic into it, each once. First it notes where the topic ends, in a transaction of its own;
 * then, under the day's lock, it sends what is not found behind that place, and notes that it is sent. Dies it before the sending: nothing is found and all is sent.
 * Dies it behind: all is found and nothing is sent. `checkpoint` is for fault tests.
 */
export async function publishDay(
  pool: Pool,
  topic: DailyTopic,
  organizationId: number,
  date: string,
  checkpoint: (step: PublishStep) => Promise<void> = async () => {},
): Promise<void> {
  while (await noteEnd(pool, topic, organizationId, date)) {
    await checkpoint('noted');
    await inOrganization(pool, organizationId, async (tx) => {
      const commit = await lockDailyCommit(tx, organizationId, date);
      // Sent by another one meanwhile.
      if (commit === null || commit.begunAtOffset === null) return;
      const records = await selectDailyRecords(tx, organizationId, date, commit.sent);
      const messages = records.map((record) => messageOf(organizationId, date, record));
      const there =
        (await topic.end()) === commit.begunAtOffset ? new Set() : await topic.keysFrom(commit.begunAtOffset);
      const missing = messages.filter(({ key }) => !there.has(key));
      if (missing.length > 0) await topic.publish(missing);
      await checkpoint('published');
      await updateDailySending(tx, organizationId, date, { sent: commit.records, begunAtOffset: null });
    });
  }
}

/** Whether there is something to send; then it is noted from where on to look for it. */
function noteEnd(pool: Pool, topic: DailyTopic, organizationId: number, date: string): Promise<boolean> {
  return inOrganization(pool, organizationId, async (tx) => {
    const commit = await lockDailyCommit(tx, organizationId, date);
    if (commit === null || commit.sent === commit.records) return false;
    if (commit.begunAtOffset === null)
      await updateDailySending(tx, organizationId, date, { sent: commit.sent, begunAtOffset: await topic.end() });
    return true;
  });
}

function messageOf(organizationId: number, date: string, record: DailyRecord): DailyMessage {
  const key = `${organizationId}/${date}/${record.position}`;
  const value = JSON.stringify({
    Id: key,
    TenantId: record.customer,
    ProductSKU: record.productSku,
    UseUnit: record.useUnit,
    // As text: a reader that sums them needs them exact.
    TotalUsedAmount: record.amount,
    AggregationDate: date,
  });
  return { key, value: Buffer.from(value) };
}
