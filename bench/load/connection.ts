import { connect, type Socket } from 'node:net';

/** An HTTP answer, as little of it as a load generator needs. */
export interface Exchange {
  readonly status: number;
  /** Head and body. */
  readonly bytes: Buffer;
}

export interface Connection {
  /** Sends a whole request and waits for its answer; one at a time. Rejects when the connection breaks. */
  exchange(request: Buffer): Promise<Exchange>;
  close(): void;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = Buffer.from('\r\n0\r\n\r\n');

/**
 * One kept-alive connection on a bare socket: about a tenth of the CPU of node:http's client, which would otherwise be a good part of
 * what is measured on a machine that the generator shares with what it loads.
 */
export async function openConnection(host: string, port: number): Promise<Connection> {
  const socket = await new Promise<Socket>((resolve, reject) => {
    const opening = connect(port, host, () => {
      opening.off('error', reject);
      resolve(opening);
    });
    opening.once('error', reject);
  });
  socket.setNoDelay(true);
  let waiting: { resolve(exchange: Exchange): void; reject(error: Error): void } | undefined;
  let received: Buffer[] = [];
  let size = 0;
  let wanted = Number.POSITIVE_INFINITY;
  const broke = (error: Error): void => {
    waiting?.reject(error);
    waiting = undefined;
  };
  socket.on('error', broke);
  socket.on('close', () => broke(new Error('the server closed the connection')));
  socket.on('data', (chunk) => {
    received.push(chunk);
    size += chunk.length;
    if (wanted === Number.POSITIVE_INFINITY) {
      if (received.length > 1) received = [Buffer.concat(received)];
      wanted = wholeSize(received[0] as Buffer);
    }
    if (size < wanted || !waiting) return;
    const bytes = received.length === 1 ? (received[0] as Buffer) : Buffer.concat(received);
    const { resolve } = waiting;
    waiting = undefined;
    received = [];
    size = 0;
    wanted = Number.POSITIVE_INFINITY;
    // "HTTP/1.1 200"
    resolve({ status: Number(bytes.toString('latin1', 9, 12)), bytes });
  });
  return {
    exchange: (request) =>
      new Promise((resolve, reject) => {
        if (socket.destroyed) return reject(new Error('the connection is closed'));
        waiting = { resolve, reject };
        socket.write(request);
      }),
    close: () => void socket.destroy(),
  };
}

/** Size of head and body; infinite while the head, or a chunked body, is not complete. */
function wholeSize(bytes: Buffer): number {
  const end = bytes.indexOf(HEAD_END);
  if (end < 0) return Number.POSITIVE_INFINITY;
  const length = /\r\ncontent-length: *(\d+)/i.exec(bytes.toString('latin1', 0, end))?.[1];
  if (length !== undefined) return end + HEAD_END.length + Number(length);
  return bytes.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK) ? bytes.length : Number.POSITIVE_INFINITY;
}
