import { type Command, InvalidArgumentError } from 'commander';
import type { Tollbook } from '#client/src/create-tollbook.ts';
import { ask } from '../ask.ts';
import { type Column, columnsText } from '../columns.ts';
import { type JsonFlag, print } from '../print.ts';
import { EXIT, type Surroundings } from '../surroundings.ts';

/** How records of one kind are listed and shown. */
export interface Records<Item, Shown extends Item = Item> {
  /** Of the command: customers. */
  readonly name: string;
  readonly one: string;
  /** By what one is named. */
  readonly by: { readonly name: string; readonly description: string };
  readonly columns: readonly Column<Item>[];
  /** What narrows a list: name of the flag and of the query parameter. */
  readonly filters?: readonly { readonly name: string; readonly value: string; readonly description: string }[];
  readonly list: (
    tollbook: Tollbook,
    query: Readonly<Record<string, string | number>>,
  ) => { toArray(limit: number): Promise<Item[]> };
  readonly show: (tollbook: Tollbook, by: string) => Promise<Shown>;
  readonly text: (item: Shown, stream: NodeJS.WriteStream) => string;
}

interface ListFlags extends JsonFlag {
  readonly limit: number;
  readonly all?: true;
}

const PAGE = 100;

/** `list` and `show`; resolves with the command that holds them, for more. */
export function addRecordCommands<Item, Shown extends Item>(
  program: Command,
  around: Surroundings,
  onExit: (code: number) => void,
  records: Records<Item, Shown>,
): Command {
  const { name, one, by, filters = [] } = records;
  const group = program.command(name).summary(`look at ${name}`).description(`Look at ${name}.`).helpCommand(false);
  const list = group
    .command('list')
    .summary(`list ${name}`)
    .description(`Lists ${name}. JSON: data and has_more.`)
    .option('-n, --limit <number>', 'at most so many', atMost, 20)
    .option('--all', 'all of them');
  for (const filter of filters) list.option(`--${filter.name} <${filter.value}>`, filter.description);
  list.option('--json', 'print them as JSON').action(async (flags: ListFlags) => {
    const { data, has_more: hasMore } = await ask(around, (tollbook) => read(tollbook, records, flags));
    print(around, flags.json === true, { data, has_more: hasMore }, () =>
      data.length === 0 ? `no ${name}\n` : columnsText(records.columns, data, around.stdout),
    );
    if (hasMore && !flags.json) around.stderr.write(`There are more: --all or --limit shows them.\n`);
    onExit(EXIT.ok);
  });
  group
    .command('show')
    .summary(`show one ${one}`)
    .description(`Shows one ${one}. JSON: as the API answers.`)
    .argument(`<${by.name}>`, by.description)
    .option('--json', 'print it as JSON')
    .action(async (named: string, { json }: JsonFlag) => {
      const item = await ask(around, (tollbook) => records.show(tollbook, named));
      print(around, json === true, item, () => records.text(item, around.stdout));
      onExit(EXIT.ok);
    });
  return group;
}

async function read<Item, Shown extends Item>(
  tollbook: Tollbook,
  { list, filters = [] }: Records<Item, Shown>,
  flags: ListFlags,
): Promise<{ data: Item[]; has_more: boolean }> {
  const limit = flags.all ? Number.POSITIVE_INFINITY : flags.limit;
  const query: Record<string, string | number> = { limit: Math.min(limit + 1, PAGE) };
  for (const { name } of filters) {
    const value = (flags as unknown as Readonly<Record<string, string | undefined>>)[name];
    if (value !== undefined) query[name] = value;
  }
  const found = await list(tollbook, query).toArray(limit + 1);
  return { data: found.slice(0, limit), has_more: found.length > limit };
}

function atMost(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}
