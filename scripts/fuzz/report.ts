/** Of one operation, from counts.json: requests in all, by kind (`positive`, `negative`) and by status. */
export type Counts = Readonly<Record<string, number>>;

export interface Failure {
  readonly title: string;
  readonly count: number;
  readonly operations: readonly string[];
}

/** What the folders of groups held. */
export interface Found {
  readonly counts: Readonly<Record<string, Counts>>;
  readonly failures: readonly Failure[];
}

/** One row per operation, those without a request too: a table for bench/results. */
export function tableOf(operations: readonly string[], { counts, failures }: Found): string {
  const rows = operations.map((operation) => {
    const own = counts[operation] ?? {};
    const statuses = Object.entries(own).filter(([name]) => /^\d+$/.test(name));
    const found = failures.filter((failure) => failure.operations.includes(operation)).map(({ title }) => title);
    return [
      `\`${operation}\``,
      String(own.all ?? 0),
      String(own.negative ?? 0),
      statuses.map(([status, count]) => `${status}: ${count}`).join(', '),
      found.length === 0 ? '' : [...new Set(found)].join(', '),
    ];
  });
  const head = ['operation', 'requests', 'negative', 'answers', 'findings'];
  return [head, ['---', '---:', '---:', '---', '---'], ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
