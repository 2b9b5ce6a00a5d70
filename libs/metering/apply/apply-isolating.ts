import type { AfterBatch, RecordBatch } from '#libs/event-log/event-log.ts';
import { type Applied, type ApplyDependencies, applyBatch } from './apply-batch.ts';

/**
 * applyBatch, and where a record in it cannot be stored whatever is tried, the rest without that record: partitions are applied one by
 * one, then halves, until the one record stands alone and goes to the dead letters. No record can hold up its partition, or others.
 * @throws what a later try may mend: the database away, a lock not had in time.
 */
export async function applyIsolating(
  dependencies: ApplyDependencies,
  batches: readonly RecordBatch[],
): Promise<Applied> {
  try {
    return await applyBatch(dependencies, batches);
  } catch (error) {
    if (!isAboutTheData(error)) throw error;
    const [first] = batches as [RecordBatch];
    if (batches.length > 1)
      return applyEach(
        dependencies,
        batches.map((batch) => [batch]),
      );
    if (first.records.length === 1) return applyBatch(dependencies, batches, (error as Error).message);
    const middle = first.records.length >> 1;
    return applyEach(dependencies, [
      [{ ...first, records: first.records.slice(0, middle) }],
      [{ ...first, records: first.records.slice(middle) }],
    ]);
  }
}

async function applyEach(
  dependencies: ApplyDependencies,
  groups: readonly (readonly RecordBatch[])[],
): Promise<Applied> {
  const after = new Map<number, AfterBatch>();
  const hourly: Applied['hourly'][number][] = [];
  const outcomes: { -readonly [Outcome in keyof Applied['outcomes']]: number } = {};
  for (const group of groups) {
    const applied = await applyIsolating(dependencies, group);
    for (const [partition, next] of applied.after) after.set(partition, next);
    hourly.push(...applied.hourly);
    for (const [outcome, count] of Object.entries(applied.outcomes) as [keyof Applied['outcomes'], number][]) {
      outcomes[outcome] = (outcomes[outcome] ?? 0) + count;
    }
  }
  return { after, hourly, outcomes };
}

/** SQLSTATE classes of values that can never be stored: data exception, integrity, program limit. Or our own code stumbled over them. */
function isAboutTheData(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string' && code.length === 5) return /^(22|23|54)/.test(code);
  return error instanceof RangeError || error instanceof TypeError || error instanceof SyntaxError;
}
