import { type Command, Option } from 'commander';
import type { AnswerOf, QueryInput } from '#client/src/call.ts';
import { ask } from './ask.ts';
import { type Column, columnsText, shortTime } from './columns.ts';
import { type JsonFlag, print } from './print.ts';
import { EXIT, type Surroundings } from './surroundings.ts';

type Row = AnswerOf<'GET /v1/usage'>['data'][number];
type Query = QueryInput<'GET /v1/usage'>;

interface Flags extends JsonFlag {
  readonly customer?: string;
  readonly from?: string;
  readonly to?: string;
  readonly window: NonNullable<Query['window']>;
  readonly timeZone?: string;
  readonly groupBy?: string;
}

const WINDOWS = ['hour', 'day', 'week', 'month', 'total'] as const;
const PAGE = 100;

export function addUsageCommand(program: Command, around: Surroundings, onExit: (code: number) => void): void {
  program
    .command('usage')
    .summary('what was used')
    .description('Prints the usage of a meter, by customer and window. JSON: data.')
    .argument('<meter>', 'key of the meter')
    .option('--customer <key>', 'only of this customer')
    .option('--from <time>', 'RFC 3339 (default: the beginning of this month)')
    .option('--to <time>', 'RFC 3339, not included (default: the end of this hour)')
    .addOption(new Option('--window <window>', 'what usage is taken over').choices(WINDOWS).default('day'))
    .option('--time-zone <zone>', 'where days, weeks and months begin')
    .option('--group-by <properties>', "properties with commas between; '' for none (default: those of the meter)")
    .option('--json', 'print it as JSON')
    .action(async (meter: string, { json, timeZone, groupBy, ...rest }: Flags) => {
      const query = {
        meter,
        ...rest,
        limit: PAGE,
        ...(timeZone !== undefined && { time_zone: timeZone }),
        ...(groupBy !== undefined && { group_by: groupBy }),
      };
      const data = await ask(around, (tollbook) => tollbook.usage.list(query).toArray());
      print(around, json === true, { data }, () => usageText(data, around.stdout));
      onExit(EXIT.ok);
    });
}

/** The rows as a table, with a column for each property that they are grouped by. */
export function usageText(rows: readonly Row[], stream?: NodeJS.WriteStream): string {
  if (rows.length === 0) return 'no usage\n';
  const properties = [...new Set(rows.flatMap(({ group }) => Object.keys(group ?? {})))];
  const columns: Column<Row>[] = [
    { title: 'from', of: ({ from }) => shortTime(from) },
    { title: 'customer', of: ({ customer }) => customer },
    ...properties.map((name) => ({ title: name, of: ({ group }: Row) => valueText(group?.[name]) })),
    { title: 'quantity', of: ({ quantity }) => quantity, right: true },
    { title: 'events', of: ({ event_count: count }) => count, right: true },
  ];
  return columnsText(columns, rows, stream);
}

const valueText = (value: unknown): string | null => (value === null || value === undefined ? null : String(value));
