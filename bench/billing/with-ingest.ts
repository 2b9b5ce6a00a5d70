import { createPool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import { insertBillingRun } from '#libs/invoicing/store/insert-billing-run.ts';
import { startSystem } from '#tests/support/system.ts';
import type { LoadOptions, LoadResult } from '../load/load-options.ts';
import { round } from '../statistics.ts';
import { assertExact, waitUntilCounted } from '../system/truth.ts';
import { startWorker } from '../worker/start-worker.ts';
import { benchMeters, UNIFORM } from '../workload.ts';
import { BILLED_WINDOW, putCustomers, settle } from './put-customers.ts';

/**
 * Ingest and aggregator at full load, all in one embedded process with its own Postgres: alone, with a billing run beside them, alone
 * again. The run has more customers than it can bill meanwhile.
 */
export async function measureIngest(customers: number, events: number): Promise<Record<string, number>> {
  const system = await startSystem('embedded');
  const owner = createPool({ connectionString: await system.databaseUrl(), role: 'owner', applicationName: 'bench' });
  try {
    const organizationId = await putCustomers(owner, customers);
    await settle(owner);
    const load = async (): Promise<number> => {
      const { id, api, adminKey } = await system.organization({ name: 'Load' });
      for (const meter of benchMeters(1)) await api.create('/v1/meters', meter);
      const options: LoadOptions = { url: system.ingestUrl, key: adminKey, workload: { ...UNIFORM, events } };
      const generator = await startWorker<unknown, LoadResult>('load/generator.ts', options);
      const { startedAt } = await generator.run();
      await waitUntilCounted(owner, id, events);
      const seconds = (Date.now() - startedAt) / 1000;
      await generator.end();
      await assertExact(owner, id, events, 1);
      return events / seconds;
    };
    await load();
    const before = await load();
    const run = { organizationId, id: uuidv7(Date.now()), requestedBy: 'bench', ...BILLED_WINDOW };
    const invoices = async (): Promise<number> => {
      const { rows } = await owner.query('SELECT invoices_created FROM billing_runs WHERE id = $1', [run.id]);
      return Number(rows[0]?.invoices_created ?? 0);
    };
    await inTransaction(owner, (tx) => insertBillingRun(tx, run));
    while ((await invoices()) === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    const [billedBefore, startedAt] = [await invoices(), performance.now()];
    const beside = await load();
    const billed = (await invoices()) - billedBefore;
    const seconds = (performance.now() - startedAt) / 1000;
    const { rows } = await owner.query('SELECT billed_at FROM billing_runs WHERE id = $1', [run.id]);
    if (rows[0].billed_at !== null) throw new Error('the run ended before the load: give it more --customers');
    await owner.query("UPDATE billing_runs SET state = 'cancelled', finished_at = now() WHERE id = $1", [run.id]);
    const after = await load();
    return {
      'events/s alone before': round(before),
      'events/s beside a run': round(beside),
      'events/s alone after': round(after),
      ratio: round(beside / ((before + after) / 2)),
      'invoices/s meanwhile': round(billed / seconds),
    };
  } finally {
    await owner.end();
    await system.stop();
  }
}
