import { execFile } from 'node:child_process';
import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';

/** What scripts/recompute-invoice.ts says of a document. */
export function recomputed(
  { url }: { readonly url: string },
  key: string,
  id: string,
): Promise<{ readonly code: unknown; readonly output: string }> {
  const args = ['scripts/recompute-invoice.ts', '--url', url, '--key', key, id];
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, output: `${stdout}${stderr}` }),
    );
  });
}

/** Does something while a figure of a stored document is one more than it was. `path` as jsonb_set takes it. */
export async function whileChanged<T>(owner: Pool, id: string, path: string, work: () => Promise<T>): Promise<T> {
  const add = (by: number) =>
    inTransaction(owner, async (tx) => {
      await tx.query("SET LOCAL session_replication_role = 'replica'");
      await tx.query(
        `UPDATE invoices SET document = jsonb_set(document, $2::text[], to_jsonb(((document #>> $2::text[])::numeric + $3::numeric)::text))
          WHERE id = $1`,
        [id, path, by],
      );
    });
  await add(1);
  try {
    return await work();
  } finally {
    await add(-1);
  }
}
