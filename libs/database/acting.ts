import { AsyncLocalStorage } from 'node:async_hooks';

/** The request in whose name transactions change things; see migrations/0010_access.sql. */
export interface Acting {
  readonly actorType: 'api_key' | 'operator';
  readonly actorId: string | null;
  /** The route: 'PATCH /v1/customers/{key}'. */
  readonly action: string;
  readonly requestId: string;
  readonly address: string | null;
  /** Whether a change was written into the audit log. */
  isAudited: boolean;
}

const acting = new AsyncLocalStorage<Acting>();

/** Transactions of an organization within `work` are in the name of `request`. */
export const actFor = <T>(request: Acting, work: () => Promise<T>): Promise<T> => acting.run(request, work);

export const actingNow = (): Acting | undefined => acting.getStore();

/** What the triggers of the audit log read from `tollbook.request`. Empty: nobody's request, nothing is written. */
export function actingSetting(): string {
  const request = acting.getStore();
  if (!request) return '';
  return JSON.stringify({
    actor_type: request.actorType,
    actor_id: request.actorId,
    action: request.action,
    request_id: request.requestId,
    address: request.address,
  });
}
