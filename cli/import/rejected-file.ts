import { constants } from 'node:fs';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { CommandError } from '../errors.ts';
import type { FileRecord } from './draft.ts';
import type { Refused } from './tally.ts';

/** Everything that was not taken, one JSON object a line: { line, status, code?, detail, pointer?, event | text }. */
export interface RejectedFile {
  add(refused: Refused, record: FileRecord): void;
  /** Waits until there is room: memory stays bounded when all is refused. */
  flush(): Promise<void>;
  /** What was added so far. */
  bytes(): number;
  /** Its path; null, and no file, when nothing was refused. */
  close(): Promise<string | null>;
}

/**
 * Opened before anything is sent: whether it can be written shows then. The first `kept` bytes are those of the run that this one goes on
 * from; 0 begins anew. @throws CommandError when it cannot be written.
 */
export async function openRejectedFile(path: string, kept = 0): Promise<RejectedFile> {
  const file = await openUpTo(path, kept).catch((error: Error) => {
    throw new CommandError(
      `what is refused cannot be written to ${path} (${error.message}): name another place with --rejected PATH`,
    );
  });
  let pending = '';
  let { size: bytes } = await file.stat();
  let writing = Promise.resolve();
  const flush = (): Promise<void> => {
    const text = pending;
    pending = '';
    if (text !== '') writing = writing.then(() => file.appendFile(text));
    return writing;
  };
  return {
    add({ line, ...refused }, record) {
      const what = 'event' in record ? { event: record.event } : { text: record.text };
      const text = `${JSON.stringify({ line, ...refused, ...what })}\n`;
      bytes += Buffer.byteLength(text);
      pending += text;
    },
    flush,
    bytes: () => bytes,
    async close() {
      await flush();
      await file.close();
      if (bytes > 0) return path;
      await unlink(path);
      return null;
    },
  };
}

async function openUpTo(path: string, kept: number): Promise<FileHandle> {
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND);
  // Not longer than it is: somebody may have taken it away meanwhile.
  if ((await file.stat()).size > kept) await file.truncate(kept);
  return file;
}
