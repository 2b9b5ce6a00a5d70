import type { Difference } from './difference.ts';
import { ask, insist } from './http.ts';
import type { Organization } from './senders.ts';
import { withDatabase } from './stored.ts';
import type { FaultySystem } from './system.ts';

/** What an organization's records must add up to. Upper ends are open where only the log knows how often a record was written. */
export interface ExpectedRecords {
  readonly identities: number;
  /** Of types that a meter counts from the beginning, and of those that one may or may not count. */
  readonly counted: number;
  readonly perhapsCounted: number;
  readonly corrections: number;
  /** Conflicts that were answered, so that the log has them. */
  readonly conflicts: number;
}

type Figures = Record<string, unknown>;

/** GET /v1/reconciliation of one organization against the model: identities exactly once, nothing unexplained. */
export async function compareReconciliation(
  system: FaultySystem,
  { key }: Organization,
  organization: number,
  expected: ExpectedRecords,
): Promise<Difference[]> {
  const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
  const figures = await insist(
    'reading the reconciliation',
    () => ask('GET', `${system.apiUrl}/v1/reconciliation?from=${day(-2)}&to=${day(2)}`, key, { timeoutMs: 60_000 }),
    (status, body): Figures | undefined =>
      status === 200 ? ((body.totals as Figures | undefined) ?? body) : undefined,
  );
  const figure = (name: string) => Number(figures[name] ?? 0);
  const differences: Difference[] = [];
  const demand = (what: string, holds: boolean, wanted: string, got: unknown) => {
    if (!holds) differences.push({ organization, what: `reconciliation: ${what}`, expected: wanted, got: String(got) });
  };
  const counted = figure('counted');
  const fresh = counted + figure('unassigned');
  demand('counted + unassigned', fresh === expected.identities, String(expected.identities), fresh);
  demand(
    'counted',
    counted >= expected.counted && counted <= expected.counted + expected.perhapsCounted,
    `${expected.counted} and up to ${expected.perhapsCounted} more`,
    counted,
  );
  const known = ['counted', 'unassigned', 'duplicates', 'conflicts', 'dead_letters', 'corrections'];
  const sum = known.reduce((total, name) => total + figure(name), 0);
  demand('records', figure('records') === sum, `${sum}, the sum of all outcomes`, figures.records);
  demand('conflicts', figure('conflicts') >= expected.conflicts, `at least ${expected.conflicts}`, figures.conflicts);
  demand(
    'corrections',
    figure('corrections') >= expected.corrections,
    `at least ${expected.corrections}`,
    figures.corrections,
  );
  demand('dead letters', figure('dead_letters') === 0, '0', figures.dead_letters);
  for (const [path, value] of unexplained(figures)) demand(path, Number(value) === 0, '0', value);
  return differences;
}

/** Every figure called so, however deep: per day and per meter, too. */
function unexplained(value: unknown, path = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]): [string, unknown][] =>
    /unexplained/.test(name) && typeof inner !== 'object'
      ? [[`${path}${name}`, inner]]
      : unexplained(inner, `${path}${name}/`),
  );
}

/** Over all organizations: as many outcomes as the log has records, and every partition applied to its end. */
export async function compareLog(system: FaultySystem): Promise<Difference[]> {
  const ends = await system.logEnds();
  return withDatabase(await system.databaseUrl(), async (client) => {
    const { rows: offsets } = await client.query<{ partition: number; next_offset: string }>(
      'SELECT partition, next_offset FROM log_offsets',
    );
    const { rows: counts } = await client.query<{ records: string }>(
      'SELECT coalesce(sum(records), 0) AS records FROM record_counts',
    );
    const applied = new Map(offsets.map((row) => [row.partition, BigInt(row.next_offset)]));
    const differences: Difference[] = [];
    const demand = (what: string, wanted: bigint, got: bigint) => {
      if (wanted !== got) differences.push({ organization: -1, what, expected: String(wanted), got: String(got) });
    };
    for (const [partition, end] of ends)
      demand(`partition ${partition} applied up to`, end, applied.get(partition) ?? 0n);
    const total = [...ends.values()].reduce((sum, end) => sum + end, 0n);
    demand('outcomes of all records in the log', total, BigInt(counts[0]?.records ?? 0));
    return differences;
  });
}
