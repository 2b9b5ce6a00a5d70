import { randomBytes } from 'node:crypto';
import type { Cache } from '#libs/cache/cache.ts';
import { settings } from '#libs/config/settings.ts';
import type { Pool } from '#libs/database/pool.ts';
import { uuidv7 } from '#libs/database/uuidv7.ts';
import type { EventLog } from '#libs/event-log/event-log.ts';
import { renderInvoicePdf } from '#libs/invoicing/pdf/render-invoice-pdf.ts';
import type { Render } from '#libs/invoicing/pdf/render-pool.ts';

/** What the routes need. */
export interface ApiDependencies {
  /** Of the role tollbook_api: row-level security stands behind every query. */
  readonly pool: Pool;
  readonly cache: Cache;
  /** Corrections and replayed dead letters go through it, like events. */
  readonly log: EventLog;
  /** Draws the page of a document. */
  readonly render: Render;
  /** How long identities are kept; no organization may take events older than that. */
  readonly dedupeDays: number;
  /** Epoch milliseconds: the real time. What happens in an organization happens at so much and the call's `clockOffset`. */
  readonly now: () => number;
  /** That many random bytes. */
  readonly random: (size: number) => Buffer;
}

/** Clock and randomness are the machine's unless given; pages are drawn in this thread. */
export type GivenDependencies = Pick<ApiDependencies, 'pool' | 'cache' | 'log'> &
  Partial<Pick<ApiDependencies, 'now' | 'random' | 'dedupeDays' | 'render'>>;

export const apiDependencies = (given: GivenDependencies): ApiDependencies => ({
  now: Date.now,
  random: randomBytes,
  render: renderInvoicePdf,
  dedupeDays: settings.TOLLBOOK_DEDUPE_DAYS.schema.parse(undefined),
  ...given,
});

/** The same where the clock of an organization is that many milliseconds ahead. */
export const inTimeOf = <Clocked extends Pick<ApiDependencies, 'now'>>(
  dependencies: Clocked,
  ahead: number,
): Clocked => (ahead === 0 ? dependencies : { ...dependencies, now: () => dependencies.now() + ahead });

export const newId = ({ now, random }: Pick<ApiDependencies, 'now' | 'random'>): string => uuidv7(now(), random);
