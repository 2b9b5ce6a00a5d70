import { connect, createServer, type Socket } from 'node:net';
import { freePorts } from '#scripts/services/free-ports.ts';

/**
 * A line between a process and a service that can be cut or held. What is held is not lost: it goes on when the line is let go, unless
 * it was cut meanwhile. Holding only the answers and then cutting makes the service do what the process never hears of.
 */
export interface TcpProxy {
  readonly port: number;
  /** Open connections are reset; new ones are refused until `mend`. */
  cut(): void;
  /** Nothing passes; connections stay open and new ones are taken. */
  hold(what: 'everything' | 'answers'): void;
  /** Everything passes again, first what was held. */
  mend(): void;
  close(): Promise<void>;
}

/** Looks at what comes back from the service before it is passed on; may change it. */
export interface Translation {
  onRequest(chunk: Buffer): void;
  onAnswer(chunk: Buffer): Buffer;
}

export interface TcpProxyOptions {
  readonly targetPort: number;
  /** One for each connection. */
  readonly translation?: () => Translation;
}

export async function startTcpProxy({ targetPort, translation }: TcpProxyOptions): Promise<TcpProxy> {
  const [port] = (await freePorts(1)) as [number];
  const pairs = new Set<[near: Socket, far: Socket]>();
  let state: 'open' | 'cut' | 'everything' | 'answers' = 'open';

  const settle = () => {
    for (const [near, far] of pairs) {
      // A paused stream reads nothing, so the kernel's buffers fill up and the other side is held, too.
      if (state === 'everything') near.pause();
      else near.resume();
      if (state === 'everything' || state === 'answers') far.pause();
      else far.resume();
    }
  };
  const server = createServer((near) => {
    if (state === 'cut') {
      near.resetAndDestroy();
      return;
    }
    const far = connect(targetPort, '127.0.0.1');
    const pair: [Socket, Socket] = [near, far];
    const translator = translation?.();
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    near.setNoDelay(true).on('error', end).on('close', end);
    far.setNoDelay(true).on('error', end).on('close', end);
    near.on('data', (chunk: Buffer) => {
      translator?.onRequest(chunk);
      far.write(chunk);
    });
    far.on('data', (chunk: Buffer) => near.write(translator ? translator.onAnswer(chunk) : chunk));
    settle();
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return {
    port,
    cut() {
      state = 'cut';
      for (const [near, far] of pairs) {
        near.resetAndDestroy();
        far.resetAndDestroy();
      }
      pairs.clear();
    },
    hold(what) {
      state = what;
      settle();
    },
    mend() {
      state = 'open';
      settle();
    },
    async close() {
      for (const pair of pairs) for (const socket of pair) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
