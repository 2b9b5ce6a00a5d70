import { open, unlink } from 'node:fs/promises';
import { CommandError } from '../errors.ts';
import type { FileRecord } from './draft.ts';
import type { Refused } from './tally.ts';

/** Everything that was not taken, one JSON object a line: { line, status, code?, detail, pointer?, event | text }. */
export interface RejectedFile {
  add(refused: Refused, record: FileRecord): void;
  /** Waits until there is room: memory stays bounded when all is refused. */
  flush(): Promise<void>;
  /** Its path; null, and no file, when nothing was refused. */
  close(): Promise<string | null>;
}

/** Opened before anything is sent: whether it can be written shows then. @throws CommandError when it cannot. */
export async function openRejectedFile(path: string): Promise<RejectedFile> {
  const file = await open(path, 'w').catch((error: Error) => {
    throw new CommandError(
      `what is refused cannot be written to ${path} (${error.message}): name another place with --rejected PATH`,
    );
  });
  let pending = '';
  let isEmpty = true;
  let writing = Promise.resolve();
  const flush = (): Promise<void> => {
    const text = pending;
    pending = '';
    if (text !== '') writing = writing.then(() => file.appendFile(text));
    return writing;
  };
  return {
    add({ line, ...refused }, record) {
      isEmpty = false;
      const what = 'event' in record ? { event: record.event } : { text: record.text };
      pending += `${JSON.stringify({ line, ...refused, ...what })}\n`;
    },
    flush,
    async close() {
      await flush();
      await file.close();
      if (!isEmpty) return path;
      await unlink(path);
      return null;
    },
  };
}
