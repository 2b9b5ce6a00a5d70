import { createHash, type Hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Checkpoint, Progress } from './checkpoint.ts';
import type { Draft, FileRecord } from './draft.ts';
import { hasOwnId, identifyRecord } from './identify-record.ts';
import { createInOrder } from './in-order.ts';
import { type ReadOptions, readRecords } from './read-records.ts';
import type { RejectedFile } from './rejected-file.ts';
import { createRepeats, type Repeats } from './repeats.ts';
import type { Sender } from './sender.ts';
import { count, countUnreadable, createTally, decidedOf, merge, type Refused, type Tally } from './tally.ts';

export interface Input {
  readonly file: FileHandle;
  /** What the file held when it was opened: a log that grows meanwhile is read up to here, in both passes. */
  readonly size: number;
  readonly read: ReadOptions;
  /** Source in the identity of records that bring no id. */
  readonly source: string;
}

export interface Survey {
  readonly records: number;
  /** Records whose identity is made of the source and their text. */
  readonly withoutId: number;
  readonly repeats: Repeats;
  /** Where to go on; undefined: from the beginning, also when the file is not the one that was begun. */
  readonly resume: Progress | undefined;
}

/** The first pass: counts the records and learns which texts occur more than once. Sends nothing. */
export async function survey(input: Input, signal: AbortSignal, begun?: Progress): Promise<Survey> {
  const repeats = createRepeats(input.size);
  const texts = createHash('sha256');
  let resume: Progress | undefined;
  let records = 0;
  let withoutId = 0;
  for await (const page of readRecords(input.file, input.size, input.read)) {
    signal.throwIfAborted();
    for (const record of page) {
      records += 1;
      if (begun && records <= begun.records) texts.update(`${record.text}\n`);
      if (records === begun?.records && digestOf(texts) === begun.digest) resume = begun;
      if ('fault' in record || hasOwnId(record.event)) continue;
      withoutId += 1;
      repeats.survey(record.text);
    }
  }
  return { records, withoutId, repeats, resume };
}

export interface ImportOptions {
  readonly batch: number;
  readonly concurrency: number;
  readonly sender: Sender;
  readonly tally: Tally;
  readonly rejected: RejectedFile;
  readonly checkpoint: Checkpoint;
  readonly onProgress: (done: number) => void;
  readonly signal: AbortSignal;
}

/** Records that follow one another, and what became of them. */
interface Batch {
  readonly number: number;
  readonly events: { readonly record: FileRecord; readonly event: Draft }[];
  readonly tally: Tally;
  readonly refused: { readonly refused: Refused; readonly record: FileRecord }[];
  /** Of the file up to its end. */
  readonly records: number;
  readonly digest: string;
}

/**
 * The second pass: every readable record is sent until ingest decided about it. `concurrency` senders share one reader, so at most
 * that many batches are in memory. What became of them is written down in the order of the file, with a checkpoint after each batch.
 *
 * Dying here loses nothing: identities come from the file alone, so a second run goes on at the checkpoint, sends what was under way
 * again, and ingest counts each once. If one sender fails the others finish what they have in hand and take nothing new; then its
 * error is thrown.
 */
export async function sendAll(input: Input, { repeats, resume }: Survey, options: ImportOptions): Promise<void> {
  if (resume) merge(options.tally, resume.tally);
  const batches = readBatches(input, repeats, resume?.records ?? 0, options);
  const done = createInOrder((batch: Batch) => writeDown(batch, options));
  let failure: unknown;
  const fail = (error: unknown): void => {
    failure ??= error;
    done.giveUp();
  };
  // What is not written down in order, because one before it failed, is at least told.
  const handle = async (batch: Batch): Promise<void> => {
    const isSent = await sendBatch(batch, options.sender).then(() => true, fail);
    if (isSent && (await done.add(batch.number, batch))) return;
    await account(batch, options);
  };
  // Async generators queue concurrent next() calls, so the workers need no lock.
  const work = async () => {
    try {
      while (failure === undefined) {
        const { value: batch, done: isEnd } = await batches.next();
        if (isEnd) return;
        await handle(batch);
      }
    } catch (error) {
      fail(error);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, work));
  if (failure !== undefined) throw failure;
}

async function sendBatch({ events, tally, refused }: Batch, sender: Sender): Promise<void> {
  if (events.length === 0) return;
  await sender.send(
    events.map(({ event }) => event),
    (at, verdict) => {
      const { record, event } = events[at] as Batch['events'][number];
      const told = count(tally, record.line, verdict);
      if (told) refused.push({ refused: told, record: { line: record.line, text: record.text, event } });
    },
  );
}

async function writeDown(batch: Batch, options: ImportOptions): Promise<void> {
  await account(batch, options);
  const { records, digest } = batch;
  await options.checkpoint.save({ records, digest, tally: options.tally, rejectedBytes: options.rejected.bytes() });
}

async function account(batch: Batch, { tally, rejected, onProgress }: ImportOptions): Promise<void> {
  merge(tally, batch.tally);
  for (const { refused, record } of batch.refused) rejected.add(refused, record);
  onProgress(decidedOf(tally));
  await rejected.flush();
}

async function* readBatches(
  input: Input,
  repeats: Repeats,
  skip: number,
  { batch, signal }: ImportOptions,
): AsyncGenerator<Batch, undefined> {
  const texts = createHash('sha256');
  let [number, records] = [0, 0];
  let open = emptyBatch();
  const close = (): Batch => ({ ...open, number: number++, records, digest: digestOf(texts) });
  for await (const page of readRecords(input.file, input.size, input.read)) {
    for (const record of page) {
      signal.throwIfAborted();
      records += 1;
      texts.update(`${record.text}\n`);
      // Also of a record that is skipped: the count of equal ones goes on.
      const event = 'fault' in record ? undefined : identify(input, repeats, record);
      if (records <= skip) continue;
      open.tally.records += 1;
      if ('fault' in record)
        open.refused.push({ refused: countUnreadable(open.tally, record.line, record.fault), record });
      else open.events.push({ record, event: event as Draft });
      if (open.events.length + open.refused.length < batch) continue;
      yield close();
      open = emptyBatch();
    }
  }
  if (open.tally.records > 0) yield close();
  return undefined;
}

const emptyBatch = (): Pick<Batch, 'events' | 'tally' | 'refused'> => ({
  events: [],
  tally: createTally(),
  refused: [],
});

/** Of all texts so far; more may follow. */
const digestOf = (texts: Hash): string => texts.copy().digest('hex').slice(0, 32);

function identify({ source }: Input, repeats: Repeats, record: FileRecord & { readonly event: Draft }): Draft {
  if (hasOwnId(record.event)) return record.event;
  return identifyRecord(record.event, source, record.text, repeats.ordinal(record.text));
}
