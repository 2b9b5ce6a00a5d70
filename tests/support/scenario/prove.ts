import { expect } from '@jest/globals';
import { inOrganization } from '#libs/database/transaction.ts';
import { verifyChain } from '#libs/invoicing/chain/verify-chain.ts';
import { selectChain } from '#libs/invoicing/store/select-chain.ts';
import { verifyDatabase } from '#libs/invoicing/verify/verify-database.ts';
import { daysOnce } from './days-once.ts';
import { linesAgain } from './lines-again.ts';
import type { Story } from './story.ts';

/** What must be true at the end of any story. */
export async function prove(story: Story): Promise<void> {
  await daysOnce(story);
  await linesAgain(story);
  await chainsWhole(story);
  await ledgerAddsUp(story);
  for (const { kind, id, number } of await story.documents()) {
    const { ok, checks } = await story.get(`/v1/${kind === 'invoice' ? 'invoices' : 'credit-notes'}/${id}/verify`);
    expect({ number, ok, checks }).toEqual({ number, ok: true, checks: expect.anything() });
  }
}

async function chainsWhole({ api, organizationId }: Story): Promise<void> {
  for (const series of ['invoice', 'credit_note'] as const) {
    const chain = await inOrganization(api.worker, organizationId, (tx) =>
      selectChain(tx, organizationId, series, { limit: 1000 }),
    );
    expect(verifyChain(chain)).toMatchObject({ ok: true, documents: chain.length });
    const dates = chain.map(({ document }) => document.issue_date);
    expect(dates).toEqual([...dates].sort());
    let [year, number] = ['', 0];
    for (const { document } of chain) {
      number = document.issue_date.slice(0, 4) === year ? number + 1 : 1;
      year = document.issue_date.slice(0, 4);
      expect(document.series_number).toBe(number);
    }
  }
  expect(await verifyDatabase(api.owner, { organizationId, redraw: false })).toMatchObject({ ok: true });
}

/** All entries of a currency add up to zero, and each balance is the sum of its own. */
async function ledgerAddsUp({ api, organizationId }: Story): Promise<void> {
  const { rows: sums } = await api.owner.query(
    `SELECT t.currency, sum(e.amount) AS sum
       FROM ledger_entries e JOIN ledger_transfers t ON t.organization_id = e.organization_id AND t.position = e.transfer
      WHERE e.organization_id = $1 GROUP BY t.currency HAVING sum(e.amount) <> 0`,
    [organizationId],
  );
  expect(sums).toEqual([]);
  const { rows: balances } = await api.owner.query(
    `SELECT a.customer_id, a.currency, a.account, a.balance
       FROM ledger_accounts a
      WHERE a.organization_id = $1
        AND a.balance <> (SELECT coalesce(sum(e.amount), 0)
                            FROM ledger_entries e JOIN ledger_transfers t ON t.organization_id = e.organization_id AND t.position = e.transfer
                           WHERE t.organization_id = a.organization_id AND t.customer_id = a.customer_id
                             AND t.currency = a.currency AND e.account = a.account)`,
    [organizationId],
  );
  expect(balances).toEqual([]);
}
