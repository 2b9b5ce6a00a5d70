import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CommandError, UsageError } from '../errors.ts';
import { EXIT, readConnection, type Surroundings } from '../surroundings.ts';
import { type Checkpoint, createCheckpoint } from './checkpoint.ts';
import { detectFormat, FORMATS, type Format } from './detect-format.ts';
import type { FieldMap } from './draft.ts';
import { dryRun } from './dry-run.ts';
import { parseFieldMap } from './parse-field-map.ts';
import { startProgress } from './progress.ts';
import { type Line, readLines } from './read-lines.ts';
import { checkMap } from './read-records.ts';
import { openRejectedFile } from './rejected-file.ts';
import { type Input, type Survey, sendAll, survey } from './run-import.ts';
import { createSender } from './sender.ts';
import { type Outcome, refusedText, summaryJson, summaryText } from './summary.ts';
import { createTally, refusedOf, sentOf } from './tally.ts';

export interface ImportFlags {
  readonly format: Format | 'auto';
  readonly map?: string;
  readonly type?: string;
  readonly source?: string;
  readonly batch: number;
  readonly concurrency: number;
  readonly patience: number;
  readonly rejected?: string;
  readonly checkpoint?: string;
  readonly restart?: true;
  readonly dryRun?: true;
  readonly json?: true;
}

const REQUEST_TIMEOUT_MS = 30_000;
const MAX_BATCH = 10_000;

export function addImportCommand(program: Command, around: Surroundings, onExit: (code: number) => void): Command {
  return program
    .command('import')
    .summary('send a file of usage events')
    .description(
      'Sends a file of usage events: NDJSON, CloudEvents, CSV, or the access log of a web server. Importing the same file again counts nothing twice, and a run that was ended before its time is gone on with.',
    )
    .argument('<file>', 'the file; any size')
    .addOption(new Option('-f, --format <format>', 'what the file is').choices([...FORMATS, 'auto']).default('auto'))
    .option('-m, --map <pairs>', 'names in the file for fields of the event: id=request_id,customer=account')
    .option('-t, --type <type>', 'type of events that name none; of all requests of an access log (http.request)')
    .option('-s, --source <source>', "where ids come from (for records without an id: the file's name)")
    .option('-b, --batch <events>', 'events in one request', whole(1, MAX_BATCH), 500)
    .option('-c, --concurrency <requests>', 'requests under way at once', whole(1, 64), 4)
    .option('--patience <seconds>', 'give up when nothing could be delivered for so long', whole(0, 86_400), 120)
    .option('--rejected <path>', 'where refused records are written (FILE.rejected.ndjson)')
    .option('--checkpoint <path>', 'where it is noted how far the import has come (FILE.checkpoint.json)')
    .option('--restart', 'begin at the beginning, also where an earlier run was ended before its time')
    .option('--dry-run', 'read and show what would be sent; send nothing')
    .option('--json', 'print the summary as JSON')
    .addHelpText('after', HELP)
    .action(async (file: string, flags: ImportFlags) => onExit(await runImport(file, flags, around)));
}

async function runImport(name: string, flags: ImportFlags, around: Surroundings): Promise<number> {
  const map: FieldMap = flags.map === undefined ? new Map() : parseFieldMap(flags.map);
  const connection = flags.dryRun ? undefined : readConnection(around.environment);
  const file = await openFile(name);
  try {
    const input = await describeInput(file, name, flags, map);
    const checkpoint = createCheckpoint(flags.checkpoint ?? `${name}.checkpoint.json`, [
      connection,
      input.source,
      { ...input.read, map: [...map] },
    ]);
    const begun = !connection || flags.restart ? undefined : await checkpoint.load();
    const surveyed = await survey(input, around.interrupted, begun);
    if (!connection) return await dryRun(name, input, surveyed, around.stdout, flags.json === true);
    return await send(name, { input, surveyed, checkpoint }, connection, flags, around);
  } finally {
    await file.close();
  }
}

async function send(
  name: string,
  {
    input,
    surveyed,
    checkpoint,
  }: { readonly input: Input; readonly surveyed: Survey; readonly checkpoint: Checkpoint },
  connection: { readonly url: string; readonly key: string },
  flags: ImportFlags,
  { stdout, stderr, interrupted }: Surroundings,
): Promise<number> {
  const tally = createTally();
  const rejected = await openRejectedFile(flags.rejected ?? `${name}.rejected.ndjson`, surveyed.resume?.rejectedBytes);
  const sender = createSender({
    ...connection,
    patienceMs: flags.patience * 1000,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    signal: interrupted,
    fetch,
    now: () => performance.now(),
    sleep: (ms, signal) => sleep(ms, undefined, { signal }),
    random: Math.random,
  });
  const progress = startProgress(stderr, surveyed.records, surveyed.resume?.records);
  const sentEarlier = surveyed.resume ? sentOf(surveyed.resume.tally) : 0;
  const started = performance.now();
  let stopped: string | null = null;
  try {
    const { batch, concurrency } = flags;
    const onProgress = progress.update;
    const how = { batch, concurrency, sender, tally, rejected, checkpoint, onProgress, signal: interrupted };
    await sendAll(input, surveyed, how);
    await checkpoint.remove();
  } catch (error) {
    if (interrupted.aborted) stopped = 'interrupted. Run the same command again: what was taken is counted once.';
    else if (error instanceof UsageError) throw error;
    else stopped = (error as Error).message;
  } finally {
    progress.stop();
  }
  const outcome: Outcome = {
    file: name,
    format: input.read.format,
    source: surveyed.withoutId > 0 ? input.source : (flags.source ?? null),
    tally,
    seconds: (performance.now() - started) / 1000,
    resumedAfter: surveyed.resume?.records ?? 0,
    sentEarlier,
    repeatedRequests: sender.repeated(),
    rejectedFile: await rejected.close(),
    stopped,
  };
  if (flags.json) stdout.write(`${JSON.stringify(summaryJson(outcome))}\n`);
  else stdout.write(summaryText(outcome));
  stderr.write(refusedText(outcome));
  if (stopped !== null) stderr.write(`tollbook: ${stopped}\n`);
  if (interrupted.aborted) return EXIT.interrupted;
  return stopped === null && refusedOf(tally) === 0 ? EXIT.ok : EXIT.failed;
}

async function openFile(name: string): Promise<FileHandle> {
  const file = await open(name, 'r').catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(error.code === 'ENOENT' ? `there is no file ${name}` : `${name}: ${error.message}`);
  });
  const stat = await file.stat();
  if (stat.isFile()) return file;
  await file.close();
  throw new CommandError(`${name} is no regular file: it is read twice, so store a stream in a file first`);
}

async function describeInput(file: FileHandle, name: string, flags: ImportFlags, map: FieldMap): Promise<Input> {
  const { size } = await file.stat();
  const format = flags.format === 'auto' ? detectFormat(name, await firstLines(file, size)) : flags.format;
  checkMap(format, map);
  return {
    file,
    size,
    source: flags.source ?? path.basename(name),
    read: {
      format,
      map,
      ...(flags.type !== undefined && { type: flags.type }),
      ...(flags.source !== undefined && { source: flags.source }),
    },
  };
}

async function firstLines(file: FileHandle, size: number): Promise<readonly Line[]> {
  for await (const lines of readLines(file, size)) return lines;
  return [];
}

function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most)
      throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
    return value;
  };
}

const HELP = `
What becomes an event:
  ndjson       one event a line: {"id":"…","type":"…","customer":"…","time":"…","properties":{…}}
  cloudevents  one CloudEvent 1.0 a line, in its JSON form: subject is the customer, data the properties
  csv          a header row; id, source, type, customer and time by their names or --map, every other column a property
  access-log   Combined or Common Log Format, one event per request: customer = user, or the client's address where there is
               none; type http.request; properties method, status, bytes, path_prefix. --map customer=host takes the address.

Identity: a record with an id is sent with it, and with a source only if it or --source names one. A record without one gets an id
  made of the source (--source or the file's name), its text, and how many equal lines stand before it: the same at each import, also
  when the file has grown. Give logs of different servers, and rotated files that change their name, a --source each.

Ended before its time: run the same command again. It goes on where ingest had answered; --restart begins at the beginning, which
  counts nothing twice either.

Examples:
  $ npx tollbook import usage.ndjson
  $ npx tollbook import calls.csv --map id=request_id,customer=account --type api.call
  $ npx tollbook import /var/log/nginx/access.log --source web-1 --rejected refused.ndjson
  $ npx tollbook import access.log --dry-run`;
