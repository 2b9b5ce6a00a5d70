import { Kafka, logLevel } from 'kafkajs';
import { createClient } from 'redis';
import { type FaultKind, forMs, pickDuration } from './fault.ts';
import { type Member, PARTITIONS, type Services, TOPIC } from './member.ts';

type Line = keyof Member['lines'];

/** Every way in which a distributed run is broken: the visible list. */
export function distributedFaults(
  services: Services,
  members: readonly Member[],
  onPartitions: () => Promise<void>,
): FaultKind[] {
  const named = new Map(members.map((member) => [member.name, member]));
  // The API only reads and makes meters here; what must survive are the others.
  const workers = members.filter(({ name }) => !name.startsWith('api'));
  const perProcess = (name: string, does: (member: Member, ms: number) => Promise<void>): FaultKind[] =>
    ['ingest', 'aggregator'].map((service) => ({
      name: `${name} ${service}`,
      targets: workers.map((member) => member.name).filter((each) => each.startsWith(service)),
      async inject(target, random, maxSeconds) {
        const ms = pickDuration(random, maxSeconds);
        await does(named.get(target) as Member, ms);
        return undefined;
      },
    }));
  const perLine = (
    name: string,
    line: Line,
    does: (line: Member['lines'][Line], ms: number) => Promise<void>,
  ): FaultKind => ({
    name: `${name} ${line}`,
    targets: workers.map((member) => `${member.name} to ${line}`),
    async inject(target, random, maxSeconds) {
      const ms = pickDuration(random, maxSeconds);
      await does((named.get(target.split(' ')[0] as string) as Member).lines[line], ms);
      return undefined;
    },
  });
  return [
    ...perProcess('kill -9', async ({ process }, ms) => {
      await process.end('SIGKILL', Math.min(ms, 5_000));
      await forMs(Math.min(ms, 5_000));
    }),
    ...perProcess('restart', ({ process }) => process.end('SIGTERM', 200)),
    ...perProcess('freeze', async ({ process }, ms) => {
      process.freeze();
      await forMs(ms);
      process.resume();
    }),
    ...Object.entries(services).flatMap(([name, service]) =>
      serviceFaults(name === 'kafka' ? 'broker' : name, service),
    ),
    { name: 'flush redis', targets: ['redis'], inject: async () => void (await flush(services.redis.url)) },
    ...(['database', 'broker', 'redis'] as const).flatMap((line) => [
      perLine('cut', line, async (proxy, ms) => {
        proxy.cut();
        await forMs(ms);
        proxy.mend();
      }),
      perLine('hold', line, async (proxy, ms) => {
        proxy.hold('everything');
        await forMs(ms);
        proxy.mend();
      }),
    ]),
    // What was asked for happens, and nobody hears of it: a COMMIT, a produce.
    ...(['database', 'broker'] as const).map((line) =>
      perLine('lose answers of', line, async (proxy, ms) => {
        proxy.hold('answers');
        await forMs(Math.min(ms, 3_000));
        proxy.cut();
        await forMs(100);
        proxy.mend();
      }),
    ),
    {
      name: 'add partitions',
      targets: ['broker'],
      once: true,
      async inject() {
        await onPartitions();
        await addPartitions(services.kafka.brokers, PARTITIONS + 2);
        return `now ${PARTITIONS + 2}`;
      },
    },
  ];
}

function serviceFaults(name: string, service: Services[keyof Services]): FaultKind[] {
  return [
    {
      name: `kill -9 ${name}`,
      targets: [name],
      async inject(_, random, maxSeconds) {
        const ms = pickDuration(random, maxSeconds);
        await service.kill();
        await forMs(ms);
        await service.restart();
        return `${(ms / 1000).toFixed(1)} s of it before its start`;
      },
    },
    {
      name: `freeze ${name}`,
      targets: [name],
      async inject(_, random, maxSeconds) {
        const ms = pickDuration(random, maxSeconds);
        service.freeze();
        await forMs(ms);
        service.resume();
        return undefined;
      },
    },
  ];
}

async function flush(url: string): Promise<void> {
  const client = createClient({ url, socket: { reconnectStrategy: false, connectTimeout: 1_000 } });
  client.on('error', () => {});
  await client.connect();
  await client.flushAll();
  client.destroy();
}

async function addPartitions(brokers: readonly string[], count: number): Promise<void> {
  const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    await admin.createPartitions({ topicPartitions: [{ topic: TOPIC, count }] });
  } finally {
    await admin.disconnect();
  }
}
