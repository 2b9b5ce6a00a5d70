import type { IncomingHttpHeaders } from 'node:http';
import { ApiError, type FieldError, invalidField } from '#libs/http/errors.ts';
import type { CountedTake } from '../counted-take.ts';
import { type Judged, judgeItem } from '../judge-item.ts';
import type { OrganizationRules } from '../organization-rules.ts';
import type { EventResult } from '../take-events.ts';
import type { SentUsage } from './usage-shapes.ts';

export interface UsageTaker {
  readonly take: CountedTake;
  readonly rulesOf: (organizationId: number) => Promise<OrganizationRules>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly newId: () => string;
}

export interface TakenUsage {
  readonly id: string;
  /** As far as is known within an hour; it counts once whatever is said here. */
  readonly isDuplicate: boolean;
}

/**
 * One usage, as an event of the log. Its id is the body's, or that of Idempotency-Key, or made here: then a retry counts again.
 * @throws ApiError when it was not taken, or its id was used for something else
 */
export async function takeUsage(
  { take, rulesOf, now, newId }: UsageTaker,
  organizationId: number,
  usage: SentUsage,
  headers: IncomingHttpHeaders,
): Promise<TakenUsage> {
  const id = usage.id ?? idempotencyKeyOf(headers) ?? newId();
  const { source, type, customer, properties } = usage;
  const item = { id, source, type, customer, properties };
  const judged: Judged = judgeItem(organizationId, item, await rulesOf(organizationId), now());
  const { results } = await take([judged]);
  const result = results[0] as EventResult;
  switch (result.status) {
    case 'accepted':
    case 'duplicate':
      return { id, isDuplicate: result.status === 'duplicate' };
    case 'conflict':
      throw new ApiError('id_mismatch', `"${id}": ${result.detail}.`);
    case 'unavailable':
      throw new ApiError('unavailable', result.detail, { headers: { 'Retry-After': '1' } });
    case 'rejected':
      throw refusal(result, usage);
  }
}

function refusal({ code, detail, pointer }: Omit<FieldError, 'in'>, { pointers }: SentUsage): ApiError {
  const [, inside = ''] = /^\/properties(\/.*)$/.exec(pointer) ?? [];
  const known = pointers[pointer] ?? (inside === '' ? '' : (pointers['/properties'] ?? ''));
  return invalidField(known, detail, code);
}

const PRINTABLE = /^[\x21-\x7e]{1,200}$/;

/** @throws ApiError when it is none that an event can have */
function idempotencyKeyOf(headers: IncomingHttpHeaders): string | undefined {
  const given = headers['idempotency-key'];
  if (given === undefined) return undefined;
  if (typeof given === 'string' && PRINTABLE.test(given)) return given;
  throw new ApiError('invalid_request', 'The header Idempotency-Key must be 1 to 200 printable ASCII characters.');
}
