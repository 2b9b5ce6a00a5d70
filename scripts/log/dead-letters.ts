import { isUtf8 } from 'node:buffer';
import { inTransaction } from '#libs/database/transaction.ts';
import { listDeadLetters } from '#libs/metering/store/list-dead-letters.ts';
import type { Installation } from './connect.ts';

/** Dead letters of one organization as NDJSON, newest first. 0: of records that do not say whose they are. */
export async function printDeadLetters(
  installation: Installation,
  wanted: { readonly organization: number; readonly reason?: string; readonly limit: number },
  print: (text: string) => void,
): Promise<void> {
  const letters = await inTransaction(installation.pool, (tx) =>
    listDeadLetters(tx, {
      organizationId: wanted.organization,
      reason: wanted.reason ?? null,
      after: null,
      limit: wanted.limit,
    }),
  );
  for (const { record, ...letter } of letters) {
    const encoding = isUtf8(record) ? 'utf-8' : 'base64';
    print(JSON.stringify({ ...letter, record: record.toString(encoding), encoding }));
  }
}
