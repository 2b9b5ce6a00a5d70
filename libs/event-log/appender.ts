import { type AppendOutcome, type LogRecord, partitionOf } from './event-log.ts';
import { createRoom } from './room.ts';

/**
 * Micro-batching, memory bound and deadlines of append(), the same for every log.
 *
 * Guarantees
 * - One outstanding send per partition. What arrives while a send is out goes into the next one, up to a bound of records and bytes.
 * - append() settles within its time, whatever the log does. A record that was not confirmed by then is `unavailable` for good: it
 *   is never reported durable later, even if the log confirms it.
 * - A record counts against the memory bound until nothing holds it any more, also after its caller gave up.
 * - A send that failed says nothing about its records. Those whose callers still wait are sent again (a double in the log at worst);
 *   those that were given up on are dropped: their senders will come again with the same identity.
 */
export interface Appender {
  append(records: readonly LogRecord[]): Promise<AppendOutcome[]>;
  /** Bytes held now, in sends given up on too. */
  heldBytes(): number;
  /** Refuses new records and waits until nothing is held, at most `timeoutMs`. */
  close(timeoutMs: number): Promise<void>;
}

export interface AppenderOptions {
  readonly partitions: () => number;
  /**
   * Writes one batch to one partition. Resolves with the offset of its first record when all of it is durable, rejects when that is
   * not known. Must settle in bounded time; never called for a partition while an earlier call for it is pending.
   */
  readonly send: (partition: number, records: readonly LogRecord[]) => Promise<bigint>;
  readonly appendTimeoutMs: number;
  readonly maxBufferedBytes: number;
  readonly maxBatchRecords?: number;
  readonly maxBatchBytes?: number;
  readonly onSendFailed?: (partition: number, error: Error) => void;
}

/** What a record costs in memory beside its bytes, roughly. */
const OVERHEAD_BYTES = 200;
const RETRY_PAUSE_MS = 100;

interface Append {
  readonly outcomes: AppendOutcome[];
  open: number;
  readonly expired: () => boolean;
  readonly settled: () => void;
}

/** Consecutive records of one append for one partition. */
interface Piece {
  readonly append: Append;
  readonly records: LogRecord[];
  /** Where each record stands in its append. */
  readonly places: number[];
  bytes: number;
}

interface Lane {
  readonly partition: number;
  queue: Piece[];
  busy: boolean;
}

export function createAppender(options: AppenderOptions): Appender {
  const maxRecords = options.maxBatchRecords ?? 1_000;
  const maxBytes = options.maxBatchBytes ?? 512 * 1024;
  const room = createRoom(options.maxBufferedBytes);
  const lanes = new Map<number, Lane>();
  let lastError = '';
  let closed = false;

  const laneOf = (partition: number): Lane => {
    const lane = lanes.get(partition) ?? { partition, queue: [], busy: false };
    lanes.set(partition, lane);
    return lane;
  };

  const settle = (piece: Piece, outcome: (index: number) => AppendOutcome) => {
    room.leave(piece.bytes);
    const { append } = piece;
    if (append.expired()) return;
    piece.places.forEach((place, index) => {
      append.outcomes[place] = outcome(index);
    });
    append.open -= piece.records.length;
    if (append.open === 0) append.settled();
  };

  const run = async (lane: Lane): Promise<void> => {
    lane.busy = true;
    // Everything that is appended in this turn of the event loop shares the first send.
    await Promise.resolve();
    while (lane.queue.length > 0) {
      const pieces = takeBatch(lane, maxRecords, maxBytes);
      try {
        let offset = await options.send(
          lane.partition,
          pieces.flatMap((piece) => piece.records),
        );
        for (const piece of pieces) {
          const first = offset;
          settle(piece, (index) => ({ status: 'durable', partition: lane.partition, offset: first + BigInt(index) }));
          offset += BigInt(piece.records.length);
        }
      } catch (error) {
        lastError = (error as Error).message;
        options.onSendFailed?.(lane.partition, error as Error);
        for (const piece of pieces) if (piece.append.expired()) room.leave(piece.bytes);
        lane.queue.unshift(...pieces.filter((piece) => !piece.append.expired()));
        if (lane.queue.length > 0) await pause(RETRY_PAUSE_MS);
      }
    }
    lane.busy = false;
  };

  /** Takes what was not sent yet out of the queues: nothing holds it any more. */
  const withdraw = (append: Append) => {
    for (const lane of lanes.values()) {
      lane.queue = lane.queue.filter((piece) => {
        if (piece.append !== append) return true;
        room.leave(piece.bytes);
        return false;
      });
    }
  };

  return {
    heldBytes: room.taken,
    async append(records) {
      const unavailable = (): AppendOutcome => ({
        status: 'unavailable',
        reason: reason(options.appendTimeoutMs, lastError),
      });
      if (records.length === 0) return [];
      if (closed) return records.map(() => ({ status: 'unavailable', reason: 'the log is being closed' }));
      const deadline = Date.now() + options.appendTimeoutMs;
      const bytes = records.reduce((sum, record) => sum + sizeOf(record), 0);
      if (!(await room.enter(bytes, options.appendTimeoutMs))) return records.map(unavailable);
      const outcomes: AppendOutcome[] = new Array(records.length);
      await new Promise<void>((resolve) => {
        let expired = false;
        const append: Append = {
          outcomes,
          open: records.length,
          expired: () => expired,
          settled() {
            clearTimeout(timer);
            resolve();
          },
        };
        const timer = setTimeout(
          () => {
            expired = true;
            withdraw(append);
            resolve();
          },
          Math.max(0, deadline - Date.now()),
        );
        for (const piece of split(append, records, options.partitions(), maxRecords, maxBytes)) {
          const lane = laneOf(piece.partition);
          lane.queue.push(piece);
          if (!lane.busy) void run(lane);
        }
      });
      // A place without an outcome was still open when the time was up.
      return Array.from(outcomes, (outcome) => outcome ?? unavailable());
    },
    async close(timeoutMs) {
      closed = true;
      await room.untilEmpty(timeoutMs);
    },
  };
}

const sizeOf = (record: LogRecord): number => record.value.length + record.partitionKey.length + OVERHEAD_BYTES;

function reason(timeoutMs: number, lastError: string): string {
  const why = lastError ? ` (last error: ${lastError})` : '';
  return `the log did not confirm within ${timeoutMs} ms${why}`;
}

function split(
  append: Append,
  records: readonly LogRecord[],
  partitions: number,
  maxRecords: number,
  maxBytes: number,
): (Piece & { partition: number })[] {
  const open = new Map<number, Piece & { partition: number }>();
  const pieces: (Piece & { partition: number })[] = [];
  records.forEach((record, place) => {
    const partition = partitionOf(record.partitionKey, partitions);
    const size = sizeOf(record);
    let piece = open.get(partition);
    if (!piece || piece.records.length === maxRecords || piece.bytes + size > maxBytes) {
      piece = { partition, append, records: [], places: [], bytes: 0 };
      open.set(partition, piece);
      pieces.push(piece);
    }
    piece.records.push(record);
    piece.places.push(place);
    piece.bytes += size;
  });
  return pieces;
}

/** Pieces from the head of the queue, at least one, as many as the bounds allow. */
function takeBatch(lane: Lane, maxRecords: number, maxBytes: number): Piece[] {
  let count = 0;
  let records = 0;
  let bytes = 0;
  for (const piece of lane.queue) {
    records += piece.records.length;
    bytes += piece.bytes;
    if (count > 0 && (records > maxRecords || bytes > maxBytes)) break;
    count += 1;
  }
  return lane.queue.splice(0, count);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
