import { startTcpProxy, type TcpProxy, type Translation } from './tcp-proxy.ts';

/** Proxies of all nodes of a cluster, for one process. */
export interface KafkaProxy extends Pick<TcpProxy, 'cut' | 'hold' | 'mend' | 'close'> {
  readonly brokers: readonly string[];
}

/**
 * A client asks any broker where the others are, and would leave the proxy at once: so the ports in answers to Metadata and
 * FindCoordinator are replaced by those of the proxies. Host and length stay the same.
 */
export async function startKafkaProxy(brokers: readonly string[]): Promise<KafkaProxy> {
  const ports = new Map<number, number>();
  const proxies = await Promise.all(
    brokers.map(async (broker) => {
      const targetPort = Number(broker.split(':')[1]);
      const proxy = await startTcpProxy({ targetPort, translation: () => translatePorts(ports) });
      ports.set(targetPort, proxy.port);
      return proxy;
    }),
  );
  return {
    brokers: proxies.map(({ port }) => `127.0.0.1:${port}`),
    cut: () => proxies.forEach((proxy) => void proxy.cut()),
    hold: (what) => proxies.forEach((proxy) => void proxy.hold(what)),
    mend: () => proxies.forEach((proxy) => void proxy.mend()),
    close: async () => void (await Promise.all(proxies.map((proxy) => proxy.close()))),
  };
}

const METADATA = 3;
const FIND_COORDINATOR = 10;
const HOST = Buffer.from('127.0.0.1');

function translatePorts(ports: ReadonlyMap<number, number>): Translation {
  const asked = new Set<number>();
  const requests = createFrames();
  const answers = createFrames();
  return {
    onRequest(chunk) {
      for (const frame of requests(chunk)) {
        const key = frame.readInt16BE(4);
        if (key === METADATA || key === FIND_COORDINATOR) asked.add(frame.readInt32BE(8));
      }
    },
    onAnswer(chunk) {
      const frames = answers(chunk);
      for (const frame of frames) if (asked.delete(frame.readInt32BE(4))) replacePorts(frame, ports);
      return Buffer.concat(frames);
    },
  };
}

function replacePorts(frame: Buffer, ports: ReadonlyMap<number, number>): void {
  for (let at = frame.indexOf(HOST); at >= 0; at = frame.indexOf(HOST, at + HOST.length)) {
    const port = at + HOST.length;
    const replacement = ports.get(frame.readInt32BE(port));
    if (replacement !== undefined) frame.writeInt32BE(replacement, port);
  }
}

/** Whole messages, each with the four bytes of its length in front. */
function createFrames(): (chunk: Buffer) => Buffer[] {
  let rest: Buffer[] = [];
  let length = 0;
  return (chunk) => {
    rest.push(chunk);
    length += chunk.length;
    if (length < 4) return [];
    const frames: Buffer[] = [];
    // Joined only when a message is complete: a large answer comes in many chunks.
    if ((rest[0] as Buffer).length < 4) rest = [Buffer.concat(rest)];
    while (length >= 4 && length >= 4 + (rest[0] as Buffer).readInt32BE(0)) {
      const whole = Buffer.concat(rest);
      const end = 4 + whole.readInt32BE(0);
      frames.push(whole.subarray(0, end));
      rest = [whole.subarray(end)];
      length -= end;
    }
    return frames;
  };
}
