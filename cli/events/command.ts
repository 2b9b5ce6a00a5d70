import { type Command, InvalidArgumentError } from 'commander';
import { DeliveryError } from '#client/src/errors.ts';
import type { EventResult, UsageEvent } from '#client/src/events/event.ts';
import { ask } from '../ask.ts';
import { fieldsText } from '../columns.ts';
import { CommandError } from '../errors.ts';
import { addImportCommand } from '../import/command.ts';
import { type JsonFlag, print } from '../print.ts';
import { EXIT, type Surroundings } from '../surroundings.ts';

interface SendFlags extends JsonFlag {
  readonly type: string;
  readonly customer: string;
  readonly id?: string;
  readonly source?: string;
  readonly subscription?: string;
  readonly time?: string;
  readonly property?: Readonly<Record<string, string>>;
}

const PATIENCE_MS = 30_000;

export function addEventCommands(program: Command, around: Surroundings, onExit: (code: number) => void): void {
  const group = program
    .command('events')
    .summary('send and look at usage events')
    .description('Send and look at usage events.')
    .helpCommand(false);
  addImportCommand(group, around, onExit);
  group
    .command('send')
    .summary('send one event')
    .description(
      'Sends one event and says what became of it. With --id it can be sent again and counts once. Exit code 1 when it was refused.',
    )
    .requiredOption('-t, --type <type>', 'what happened')
    .requiredOption('-c, --customer <key>', 'your key of the customer')
    .option('--id <id>', 'unique per source (default: a new one)')
    .option('-s, --source <source>', 'where the id comes from')
    .option('--subscription <id>', "which of the customer's subscriptions it belongs to")
    .option('--time <time>', 'RFC 3339 (default: now)')
    .option('-p, --property <name=value>', 'a property; may be given several times', property)
    .option('--json', 'print the result as JSON')
    .action(async (flags: SendFlags) => {
      const result = await send(around, flags);
      print(around, flags.json === true, result, () => resultText(result));
      onExit(result.status === 'accepted' || result.status === 'duplicate' ? EXIT.ok : EXIT.failed);
    });
  group
    .command('show')
    .summary('show one event')
    .description('Shows an event, and whether it counts. JSON: as the API answers.')
    .argument('<id>', 'id of the event')
    .option('-s, --source <source>', 'needed only where the id exists under several')
    .option('--json', 'print it as JSON')
    .action(async (id: string, { json, source }: JsonFlag & { readonly source?: string }) => {
      const event = await ask(around, (tollbook) => tollbook.events.get(id, source === undefined ? {} : { source }));
      print(around, json === true, event, () =>
        fieldsText(Object.entries(event).map(([name, value]) => [name.replaceAll('_', ' '), valueText(value)])),
      );
      onExit(EXIT.ok);
    });
}

async function send(
  around: Surroundings,
  { property: properties, json: _, ...fields }: SendFlags,
): Promise<EventResult> {
  const event: UsageEvent = { ...fields, ...(properties && { properties }) };
  const results = await ask(around, async (tollbook) =>
    tollbook.events.send([event], { patienceMs: PATIENCE_MS }).catch((error) => {
      // The reason is what counts here: there is one event, and its sender knows it.
      throw error instanceof DeliveryError ? error.cause : error;
    }),
  );
  const [result] = results;
  if (result === undefined) throw new CommandError('the server said nothing of the event');
  return result;
}

const resultText = (result: EventResult): string =>
  `${result.id} ${result.status}${'detail' in result ? `: ${result.detail}` : ''}\n`;

const valueText = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : value;

function property(text: string, all: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It must be name=value, like bytes=1024.');
  return { ...all, [text.slice(0, at)]: text.slice(at + 1) };
}
