import { EXIT } from '../surroundings.ts';
import type { Draft } from './draft.ts';
import { hasOwnId, identifyRecord } from './identify-record.ts';
import { readRecords } from './read-records.ts';
import type { Input, Survey } from './run-import.ts';
import { refusedText } from './summary.ts';
import { countUnreadable, createTally } from './tally.ts';

const SHOWN = 3;

/** Shows what an import would send, and every kind of record that it could not read. Sends and writes nothing. */
export async function dryRun(
  name: string,
  input: Input,
  { repeats }: Survey,
  stdout: Pick<NodeJS.WriteStream, 'write'>,
  asJson: boolean,
): Promise<number> {
  const tally = createTally();
  const events: Draft[] = [];
  for await (const page of readRecords(input.file, input.size, input.read)) {
    for (const record of page) {
      tally.records += 1;
      if ('fault' in record) countUnreadable(tally, record.line, record.fault);
      else if (events.length < SHOWN)
        events.push(
          hasOwnId(record.event)
            ? record.event
            : identifyRecord(record.event, input.source, record.text, repeats.ordinal(record.text)),
        );
    }
  }
  const { records, unreadable, first } = tally;
  const { format } = input.read;
  if (asJson) {
    const shown = { file: name, format, source: input.source, records, unreadable, first_events: events };
    stdout.write(`${JSON.stringify({ ok: unreadable === 0, ...shown, first_refused: first })}\n`);
  } else {
    stdout.write(`${name}: ${records} records (${format}); the first would be sent as\n`);
    for (const event of events) stdout.write(`  ${JSON.stringify(event)}\n`);
    stdout.write(refusedText({ tally, rejectedFile: null }));
  }
  return unreadable === 0 ? EXIT.ok : EXIT.failed;
}
