import type { Pool } from '#libs/database/pool.ts';
import { inTransaction } from '#libs/database/transaction.ts';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import { givenKey, newApiKey } from '#libs/http/keys.ts';
import { organizationSchema } from '../organization-schema.ts';
import { settingsOf } from '../settings-of.ts';
import { countOperatorKeys } from '../store/count-operator-keys.ts';
import { countOrganizations } from '../store/count-organizations.ts';
import { insertApiKey } from '../store/insert-api-key.ts';
import { insertOperatorKey } from '../store/insert-operator-key.ts';
import { insertOrganization } from '../store/insert-organization.ts';
import { isKnownKey } from '../store/is-known-key.ts';
import { lockBootstrap } from '../store/lock-bootstrap.ts';
import { reserveOrganizationId } from '../store/reserve-organization-id.ts';

export interface Bootstrapped {
  /** In clear text, this once; null when the installation had one. */
  readonly operatorKey: string | null;
  /** Admin key of the first organization in clear text, this once; null when there was an organization. */
  readonly adminKey: string | null;
  /** The first organization, if it was made now. */
  readonly organizationId: number | null;
  /** Something the person who started it should know. */
  readonly notice: string | null;
}

const SENDABLE = /^[!-~][ -~]{30,510}[!-~]$/;

/**
 * Makes what an empty installation cannot be used without: the operator key, and a first organization with its admin key. Safe when
 * several processes start at once. If the process dies between commit and printing, the keys are lost with it: the owner of the
 * database removes the rows of operator_keys, and the next start makes and prints a new one.
 */
export async function bootstrap(
  owner: Pool,
  options: {
    /** Instead of a random admin key; at least 32 characters. */
    readonly bootstrapKey?: string | undefined;
    readonly random: (size: number) => Buffer;
    readonly now?: () => number;
  },
): Promise<Bootstrapped> {
  const { bootstrapKey, random, now = Date.now } = options;
  if (bootstrapKey !== undefined && !SENDABLE.test(bootstrapKey)) {
    throw new Error(
      'TOLLBOOK_BOOTSTRAP_KEY must have 32 to 512 printable ASCII characters and no space at either end: it is sent in a header.',
    );
  }
  return inTransaction(owner, async (tx) => {
    await lockBootstrap(tx);
    let operatorKey: string | null = null;
    if ((await countOperatorKeys(tx)) === 0) {
      const created = newApiKey(random, 'operator');
      await insertOperatorKey(tx, created.digest);
      operatorKey = created.key;
    }
    if ((await countOrganizations(tx)) > 0) {
      const unknown = bootstrapKey !== undefined && !(await isKnownKey(tx, givenKey(bootstrapKey).digest));
      return {
        operatorKey,
        adminKey: null,
        organizationId: null,
        notice: unknown
          ? 'TOLLBOOK_BOOTSTRAP_KEY is not a key of this installation and was not added: it serves the first start only. Keys are made by POST /v1/api-keys.'
          : null,
      };
    }
    const organizationId = await reserveOrganizationId(tx);
    await insertOrganization(tx, organizationId, settingsOf(organizationSchema.parse({ name: 'Default' })));
    const admin = bootstrapKey === undefined ? newApiKey(random) : givenKey(bootstrapKey);
    await insertApiKey(tx, organizationId, {
      id: uuidv7(now(), random),
      name: 'First admin key',
      prefix: admin.prefix,
      digest: admin.digest,
      scopes: ['admin'],
    });
    return { operatorKey, adminKey: admin.key, organizationId, notice: null };
  });
}
