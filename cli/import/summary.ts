import { refusedOf, sentOf, type Tally } from './tally.ts';

export interface Outcome {
  readonly file: string;
  readonly format: string;
  /** Null when each record brought its own identity. */
  readonly source: string | null;
  readonly tally: Tally;
  readonly seconds: number;
  /** Records that an earlier run had dealt with; they are in the tally. */
  readonly resumedAfter: number;
  /** Of those, the ones that were sent. */
  readonly sentEarlier: number;
  readonly repeatedRequests: number;
  /** Null when nothing was refused. */
  readonly rejectedFile: string | null;
  /** Why it ended before the end of the file; null when it did not. */
  readonly stopped: string | null;
}

const number = (value: number) => value.toLocaleString('en');
/** Records of this run. */
const sentNow = ({ tally, sentEarlier }: Outcome) => sentOf(tally) - sentEarlier;
const rateOf = (outcome: Outcome) => (outcome.seconds > 0 ? Math.round(sentNow(outcome) / outcome.seconds) : 0);

/** For people. */
export function summaryText(outcome: Outcome): string {
  const { tally } = outcome;
  const rows: [string, number, string][] = [
    ['accepted', tally.accepted, ''],
    ['duplicates', tally.duplicates, 'were there already: counted once'],
    ['conflicts', tally.conflicts, 'have the id of another event: the first one counts'],
    ['rejected', tally.rejected, 'not counted'],
    ['unreadable', tally.unreadable, 'not sent'],
  ];
  const width = Math.max(...rows.map(([, value]) => number(value).length));
  const lines = rows
    .filter(([name, value]) => value > 0 || name === 'accepted')
    .map(([name, value, note]) => `  ${name.padEnd(11)} ${number(value).padStart(width)}${note && `  ${note}`}`);
  const again = outcome.repeatedRequests > 0 ? `, ${number(outcome.repeatedRequests)} requests repeated` : '';
  return [
    `${outcome.file}: ${number(tally.records)} records (${outcome.format})${outcome.source === null ? '' : `, source ${outcome.source}`}`,
    ...lines,
    ...(outcome.resumedAfter > 0
      ? [`  gone on with after ${number(outcome.resumedAfter)} records of an earlier run`]
      : []),
    `  ${number(sentNow(outcome))} sent in ${outcome.seconds.toFixed(1)} s, ${number(rateOf(outcome))} events/s${again}`,
    '',
  ].join('\n');
}

/** What was refused, for people: sentences that hold for many once, then the first single ones by line. */
export function refusedText({ tally, rejectedFile }: Pick<Outcome, 'tally' | 'rejectedFile'>): string {
  const groups = [...tally.groups].map(
    ([detail, { count, line }]) => `  ${number(count)} rejected: ${detail} (line ${line}, for one)`,
  );
  const single = tally.first.map(({ line, status, detail }) => `  line ${line}: ${status}: ${detail}`);
  const grouped = [...tally.groups.values()].reduce((sum, { count }) => sum + count, 0);
  const more = refusedOf(tally) - grouped - single.length;
  return [
    ...groups,
    ...single,
    ...(more > 0 ? [`  and ${number(more)} more`] : []),
    ...(rejectedFile ? [`  all of them, with reasons: ${rejectedFile}`] : []),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

/** For programs. Keys never change their meaning. */
export function summaryJson(outcome: Outcome): Record<string, unknown> {
  const { tally } = outcome;
  return {
    ok: outcome.stopped === null && refusedOf(tally) === 0,
    file: outcome.file,
    format: outcome.format,
    source: outcome.source,
    records: tally.records,
    sent: sentNow(outcome),
    resumed_after: outcome.resumedAfter,
    accepted: tally.accepted,
    duplicates: tally.duplicates,
    conflicts: tally.conflicts,
    rejected: tally.rejected,
    unreadable: tally.unreadable,
    seconds: Number(outcome.seconds.toFixed(3)),
    events_per_second: rateOf(outcome),
    repeated_requests: outcome.repeatedRequests,
    rejected_file: outcome.rejectedFile,
    first_refused: tally.first,
    refused_groups: [...tally.groups].map(([detail, { count, line }]) => ({ detail, count, line })),
    ...(outcome.stopped !== null && { error: outcome.stopped }),
  };
}
