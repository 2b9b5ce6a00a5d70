import type { Config } from '#libs/config/settings.ts';

/** Of one JSON request to POST /v1/events. */
export interface BatchLimits {
  readonly events: number;
  readonly bytes: number;
}

export const batchLimits = (
  config: Pick<Config, 'TOLLBOOK_MAX_BATCH_EVENTS' | 'TOLLBOOK_MAX_BODY_BYTES'>,
): BatchLimits => ({ events: config.TOLLBOOK_MAX_BATCH_EVENTS, bytes: config.TOLLBOOK_MAX_BODY_BYTES });
