import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createPool, type Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { billingFixture, PAST_MONTH } from '#tests/support/billing.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { expectWholeRun, putWholeRun } from '#tests/support/whole-run.ts';
import { collectChunk } from '../collect/collect.ts';
import { updateRunBegun } from '../store/update-run-begun.ts';
import { updateRunRunning } from '../store/update-run-running.ts';
import { type FinalizeRequest, type FinalizeStep, finalize } from './finalize.ts';
import { draftChunk } from './finalize-chunk.ts';
import { IssueDateMoved } from './issue-documents.ts';

const DOCUMENTS = 1_000;
const WORKERS = 16;
const STEPS: readonly FinalizeStep[] = ['units_taken', 'numbered', 'documents_inserted'];

let database: TestDatabase;
let owner: Pool;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  owner = database.pool('owner');
  pool = createPool({
    connectionString: database.url,
    role: 'tollbook_worker',
    applicationName: 'finalizers',
    max: WORKERS,
  });
});
afterAll(async () => {
  await pool?.end();
  await database?.drop();
});

/** Everybody's drafts, as they are made on a day. */
async function draftsOf(organizationId: number, day: string) {
  const now = Date.parse(`${day}T12:00:00Z`);
  const chunk = await collectChunk(pool, {
    organizationId,
    window: { ...PAST_MONTH, backdated: true },
    begunAt: Date.now(),
    now,
    chosenFor: null,
    after: null,
    limit: DOCUMENTS,
  });
  return { terms: chunk.terms, now, drafts: draftChunk(chunk).drafts };
}

test('1,000 finalizations by 16 workers around midnight, three of ten rolled back: no gap, no double, dates never fall', async () => {
  const organizationId = await putWholeRun(owner, DOCUMENTS);
  // New Year's Eve for every other worker, and the next day for the others: numbers do not begin anew with this pattern.
  await owner.query(
    `UPDATE organizations SET numbering = '{"invoice": "R-{number}", "credit_note": "G-{number}", "reset": "never"}' WHERE id = $1`,
    [organizationId],
  );
  const days = [await draftsOf(organizationId, '2025-12-31'), await draftsOf(organizationId, '2026-01-01')] as const;
  let [attempts, rolledBack, moved, next] = [0, 0, 0, 0];
  const work = async (index: number) => {
    const run = await billingFixture(owner).queue(organizationId);
    await inTransaction(pool, (tx) => updateRunBegun(tx, organizationId, run.id));
    const found = { customersLeft: 0, deadLetters: 0 };
    await inTransaction(pool, (tx) => updateRunRunning(tx, organizationId, run.id, found));
    while (next < DOCUMENTS) {
      const place = next++;
      let day = days[index % 2] as (typeof days)[number];
      for (let isDone = false; !isDone; ) {
        attempts += 1;
        const faultAt = attempts % 10 < 3 ? STEPS[attempts % STEPS.length] : undefined;
        const request: FinalizeRequest = {
          organizationId,
          terms: day.terms,
          drafts: day.drafts.slice(place, place + 1),
          parked: [],
          now: day.now,
          run: { id: run.id, cursor: null, next: null, customers: 0 },
          async checkpoint(step) {
            if (step === faultAt) throw new Error('rolled back');
          },
        };
        try {
          expect((await finalize(pool, request)).dropped).toEqual([]);
          isDone = true;
        } catch (error) {
          if (error instanceof IssueDateMoved) {
            moved += 1;
            day = days[1];
          } else if ((error as Error).message === 'rolled back') rolledBack += 1;
          else throw error;
        }
      }
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, (_, index) => work(index)));
  expect(rolledBack).toBeGreaterThan(DOCUMENTS * 0.25);
  expect(moved).toBeGreaterThan(0);
  await expectWholeRun(owner, organizationId, DOCUMENTS);
}, 300_000);
