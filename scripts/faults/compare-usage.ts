import type { Difference } from './difference.ts';
import type { FinalEvent } from './event.ts';
import { ask, insist } from './http.ts';
import type { MeterSpec } from './meters.ts';
import { type ExpectedWindow, groupOf, isQuantity, showQuantity, windowKey, windowsOf } from './model.ts';

interface UsageRow {
  readonly customer: string;
  readonly group: Record<string, unknown> | null;
  readonly from: string;
  readonly quantity: string;
  readonly event_count: number;
}

export interface UsageCheck {
  readonly differences: Difference[];
  readonly windows: number;
  /** Events too few and too many. */
  readonly missing: number;
  readonly surplus: number;
}

/** Reads one meter of one organization through the API and compares every window with the model. Instants on full hours. */
export async function compareUsage(options: {
  readonly apiUrl: string;
  readonly key: string;
  readonly organization: number;
  readonly meter: MeterSpec;
  readonly events: readonly FinalEvent[];
  readonly window: 'hour' | 'total';
  readonly from: number;
  readonly to: number;
}): Promise<UsageCheck> {
  const { meter, window, from, to, organization } = options;
  const expected = windowsOf(meter, options.events, window === 'hour' ? 'hour' : { from, to });
  const differences: Difference[] = [];
  const seen = new Set<string>();
  const totals = { missing: 0, surplus: 0 };
  const differ = (name: string, wanted: string, got: string) =>
    differences.push({
      organization,
      what: `${meter.key} (${meter.aggregation}) by ${window}`,
      window: name,
      expected: wanted,
      got,
    });
  for (const row of await readUsage(options)) {
    const name = windowKey(row.customer, groupOf(meter, row.group), Date.parse(row.from));
    const wanted = expected.get(name);
    if (seen.has(name)) differ(name, 'one row', 'a second row');
    seen.add(name);
    // All its events were taken back.
    if (!wanted && row.event_count === 0) continue;
    const count = wanted ? countIn(wanted) : 0;
    totals.missing += Math.max(0, count - row.event_count);
    totals.surplus += Math.max(0, row.event_count - count);
    if (!wanted) differ(name, 'nothing', `${row.quantity} of ${row.event_count} events`);
    else if (count !== row.event_count || !isQuantity(meter, wanted, row.quantity))
      differ(name, `${showQuantity(meter, wanted)} of ${count} events`, `${row.quantity} of ${row.event_count} events`);
  }
  for (const [name, wanted] of expected) {
    if (seen.has(name) || countIn(wanted) === 0) continue;
    totals.missing += countIn(wanted);
    differ(name, `${showQuantity(meter, wanted)} of ${countIn(wanted)} events`, 'nothing');
  }
  return { differences, windows: expected.size, ...totals };
}

/** A weighted sum also knows the events before its window. */
const countIn = ({ events, from }: ExpectedWindow): number => events.filter(({ time }) => time >= from).length;

async function readUsage({
  apiUrl,
  key,
  meter,
  window,
  from,
  to,
}: Parameters<typeof compareUsage>[0]): Promise<UsageRow[]> {
  const rows: UsageRow[] = [];
  const query = new URLSearchParams({
    meter: meter.key,
    window,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    limit: '100',
  });
  for (;;) {
    const page = await insist(
      `reading the usage of ${meter.key}`,
      () => ask('GET', `${apiUrl}/v1/usage?${query}`, key, { timeoutMs: 60_000 }),
      (status, body) =>
        status === 200 ? (body as unknown as { data: UsageRow[]; next_cursor: string | null }) : undefined,
      120_000,
    );
    rows.push(...page.data);
    if (page.next_cursor === null) return rows;
    query.set('cursor', page.next_cursor);
  }
}
