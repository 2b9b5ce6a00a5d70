import type { FileHandle } from 'node:fs/promises';
import type { Draft, FileRecord } from './draft.ts';
import { hasOwnId, identifyRecord } from './identify-record.ts';
import { type ReadOptions, readRecords } from './read-records.ts';
import type { RejectedFile } from './rejected-file.ts';
import { createRepeats, type Repeats } from './repeats.ts';
import type { Sender } from './sender.ts';
import { count, countUnreadable, decidedOf, type Tally } from './tally.ts';

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
}

/** The first pass: counts the records and learns which texts occur more than once. Sends nothing. */
export async function survey(input: Input, signal: AbortSignal): Promise<Survey> {
  const repeats = createRepeats(input.size);
  let records = 0;
  let withoutId = 0;
  for await (const page of readRecords(input.file, input.size, input.read)) {
    signal.throwIfAborted();
    records += page.length;
    for (const record of page) {
      if ('fault' in record || hasOwnId(record.event)) continue;
      withoutId += 1;
      repeats.survey(record.text);
    }
  }
  return { records, withoutId, repeats };
}

export interface ImportOptions {
  readonly batch: number;
  readonly concurrency: number;
  readonly sender: Sender;
  readonly tally: Tally;
  readonly rejected: RejectedFile;
  readonly onProgress: (done: number) => void;
  readonly signal: AbortSignal;
}

interface Identified {
  readonly record: FileRecord;
  readonly event: Draft;
}

/**
 * The second pass: every readable record is sent until ingest decided about it. `concurrency` senders share one reader, so at most
 * that many batches are in memory.
 *
 * Dying here loses nothing: identities come from the file alone, so a second run sends the same events and ingest counts each once.
 * If one sender fails the others finish what they have in hand and take nothing new; then its error is thrown.
 */
export async function sendAll(input: Input, { repeats }: Survey, options: ImportOptions): Promise<void> {
  const batches = readBatches(input, repeats, options);
  let failure: unknown;
  // Async generators queue concurrent next() calls, so the workers need no lock.
  const work = async () => {
    try {
      while (failure === undefined) {
        const { value: batch, done } = await batches.next();
        if (done) return;
        await sendBatch(batch, options);
      }
    } catch (error) {
      failure ??= error;
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, work));
  if (failure !== undefined) throw failure;
}

async function sendBatch(batch: readonly Identified[], options: ImportOptions): Promise<void> {
  const { sender, tally, rejected, onProgress } = options;
  await sender.send(
    batch.map(({ event }) => event),
    (at, verdict) => {
      const { record, event } = batch[at] as Identified;
      const refused = count(tally, record.line, verdict);
      if (refused) rejected.add(refused, { line: record.line, text: record.text, event });
    },
  );
  onProgress(decidedOf(tally));
  await rejected.flush();
}

async function* readBatches(
  input: Input,
  repeats: Repeats,
  { batch, tally, rejected, signal }: ImportOptions,
): AsyncGenerator<Identified[], undefined> {
  let pending: Identified[] = [];
  for await (const page of readRecords(input.file, input.size, input.read)) {
    for (const record of page) {
      signal.throwIfAborted();
      tally.records += 1;
      if ('fault' in record) {
        rejected.add(countUnreadable(tally, record.line, record.fault), record);
        continue;
      }
      pending.push({ record, event: identify(input, repeats, record) });
      if (pending.length < batch) continue;
      yield pending;
      pending = [];
    }
    await rejected.flush();
  }
  if (pending.length > 0) yield pending;
  return undefined;
}

function identify({ source }: Input, repeats: Repeats, record: FileRecord & { readonly event: Draft }): Draft {
  if (hasOwnId(record.event)) return record.event;
  return identifyRecord(record.event, source, record.text, repeats.ordinal(record.text));
}
