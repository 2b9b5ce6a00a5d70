import type { ApiKey } from '#libs/catalog/store/api-key-row.ts';
import { insertApiKey, type NewApiKeyRow } from '#libs/catalog/store/insert-api-key.ts';
import { replaceApiKey } from '#libs/catalog/store/replace-api-key.ts';
import { revokeApiKey } from '#libs/catalog/store/revoke-api-key.ts';
import { selectLiveApiKeys } from '#libs/catalog/store/select-live-api-keys.ts';
import { selectOrganization } from '#libs/catalog/store/select-organization.ts';
import { selectOrganizationMode } from '#libs/catalog/store/select-organization-mode.ts';
import type { Transaction } from '#libs/database/transaction.ts';
import { ApiError } from '#libs/http/errors.ts';
import { newApiKey } from '#libs/http/keys.ts';
import { permits } from '#libs/http/roles.ts';
import { insertOutbox } from '#libs/outbox/insert-outbox.ts';
import { type ApiDependencies, newId } from './dependencies.ts';
import { presentApiKey } from './present-api-key.ts';

type Machine = Pick<ApiDependencies, 'now' | 'random'>;

/** A key in clear text, this once, and what is stored of it. */
export interface CreatedKey {
  readonly key: string;
  readonly stored: ApiKey;
}

export async function createApiKey(
  tx: Transaction,
  organizationId: number,
  machine: Machine,
  terms: Pick<NewApiKeyRow, 'name' | 'scopes' | 'role' | 'expiresAt'>,
): Promise<CreatedKey> {
  const { key, digest, prefix } = newApiKey(
    machine.random,
    (await selectOrganizationMode(tx, organizationId)) ?? 'live',
  );
  const stored = await insertApiKey(tx, organizationId, { id: newId(machine), digest, prefix, ...terms });
  await insertOutbox(tx, {
    organizationId,
    type: 'api_key.created',
    subject: stored.id,
    data: presentApiKey(stored),
  });
  return { key, stored };
}

export async function revokeKey(tx: Transaction, organizationId: number, id: string, at: Date): Promise<void> {
  const { target, isLast } = await lockKey(tx, organizationId, id, at);
  if (isLast) throw lastKey();
  await revokeApiKey(tx, organizationId, id, at);
  await insertOutbox(tx, {
    organizationId,
    type: 'api_key.revoked',
    subject: id,
    data: { id, name: target.name, revoked_at: at.toISOString() },
  });
}

/** Another key of the same name that opens the same; the old one serves on for `overlapSeconds`. */
export async function rotateKey(
  tx: Transaction,
  organizationId: number,
  machine: Machine,
  rotation: { readonly id: string; readonly overlapSeconds: number; readonly expiresAt: Date | null },
): Promise<CreatedKey> {
  const at = machine.now();
  const { target, isLast } = await lockKey(tx, organizationId, rotation.id, new Date(at));
  if (target.replacedBy) {
    throw new ApiError(
      'key_rotated',
      `The key was rotated before, and ${target.replacedBy} stands for it: rotate that one.`,
    );
  }
  if (isLast && rotation.expiresAt) throw lastKey();
  const { name, scopes, role } = target;
  const created = await createApiKey(tx, organizationId, machine, {
    name,
    scopes,
    role,
    expiresAt: rotation.expiresAt,
  });
  const old = await replaceApiKey(tx, organizationId, {
    id: target.id,
    replacedBy: created.stored.id,
    endsAt: new Date(at + rotation.overlapSeconds * 1000),
  });
  await insertOutbox(tx, { organizationId, type: 'api_key.rotated', subject: old.id, data: presentApiKey(old) });
  return created;
}

/** `isLast`: without it nobody would be left, now or later, who can make a key. */
async function lockKey(
  tx: Transaction,
  organizationId: number,
  id: string,
  at: Date,
): Promise<{ readonly target: ApiKey; readonly isLast: boolean }> {
  // One change at a time, or two admin keys could revoke each other.
  await selectOrganization(tx, organizationId, true);
  const live = await selectLiveApiKeys(tx, organizationId, at);
  const target = live.find((key) => key.id === id);
  if (!target) throw new ApiError('not_found', `There is no API key ${id}, or it expired or was revoked before.`);
  const lasting = live.filter((key) => permits(key, { area: 'keys', action: 'write' }) && key.expiresAt === null);
  return { target, isLast: lasting.length === 1 && lasting[0] === target };
}

const lastKey = (): ApiError =>
  new ApiError(
    'last_admin_key',
    'This is the last key of the organization that may make keys and never expires: create another one first.',
  );
