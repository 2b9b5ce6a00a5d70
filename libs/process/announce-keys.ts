import { randomBytes } from 'node:crypto';
import { bootstrap } from '#libs/catalog/bootstrap/bootstrap.ts';
import type { Config } from '#libs/config/settings.ts';
import type { Pool } from '#libs/database/pool.ts';

/** Makes the first keys of an empty installation and prints them, this once. `owner` is a pool of the owner. */
export async function announceKeys(
  owner: Pool,
  config: Pick<Config, 'TOLLBOOK_BOOTSTRAP_KEY'>,
  print: (line: string) => void,
): Promise<void> {
  const { operatorKey, adminKey, notice } = await bootstrap(owner, {
    bootstrapKey: config.TOLLBOOK_BOOTSTRAP_KEY,
    random: randomBytes,
  });
  if (notice) print(notice);
  if (operatorKey) print(`Operator key, shown this once (creates organizations): ${operatorKey}`);
  // A key that was given is known to whoever gave it, and belongs into no log.
  if (adminKey)
    print(
      `Admin key of the organization "Default"${config.TOLLBOOK_BOOTSTRAP_KEY ? ': TOLLBOOK_BOOTSTRAP_KEY' : `, shown this once: ${adminKey}`}`,
    );
}
