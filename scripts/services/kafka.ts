import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';
import { quietIdle } from '#libs/event-log/kafka/quiet-idle.ts';
import { type Child, freezeProcess, sendSignal, startChild, untilReady } from './child.ts';
import { freePorts } from './free-ports.ts';
import { kafkaJars } from './kafka-jars.ts';

/** Kafka nodes (KRaft, each broker and controller) of this process. Nodes count from 0. */
export interface KafkaHandle {
  readonly brokers: string[];
  pid(node?: number): number;
  /** kill -9. */
  kill(node?: number): Promise<void>;
  /** SIGSTOP: connections stay open and nothing answers. */
  freeze(node?: number): void;
  resume(node?: number): void;
  /** Kills it and starts it again on the same ports and data. */
  restart(node?: number): Promise<void>;
  stop(): Promise<void>;
}

const run = promisify(execFile);
const READY_WITHIN_MS = 60_000;
const CLUSTER_ID = 'MkU3OEVBNTcwNTJENDM2Qg';
const JAVA_FLAGS = [
  '-Xmx512m',
  '-Xms128m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
];

export async function startKafka(options: { readonly nodes?: number } = {}): Promise<KafkaHandle> {
  const count = options.nodes ?? 1;
  const [jars, directory, ports] = await Promise.all([
    kafkaJars(),
    mkdtemp(path.join(tmpdir(), 'tollbook-kafka-')),
    freePorts(count * 2),
  ]);
  const brokerPorts = ports.slice(0, count);
  const java = [...JAVA_FLAGS, '-cp', path.join(jars, '*')];
  const brokers = brokerPorts.map((port) => `127.0.0.1:${port}`);

  const start = async (node: number): Promise<Child> => {
    const folder = path.join(directory, `node-${node + 1}`);
    const child = startChild(`Kafka node ${node}`, 'java', [...java, 'kafka.Kafka', 'server.properties'], folder);
    await untilReady(
      `Kafka node ${node}`,
      child,
      () => answersMetadata(brokers[node] as string, node + 1),
      READY_WITHIN_MS,
    );
    return child;
  };
  await Promise.all(
    brokers.map(async (_, node) => {
      const folder = path.join(directory, `node-${node + 1}`);
      await mkdir(folder);
      await writeFile(path.join(folder, 'server.properties'), properties(node, brokerPorts, ports.slice(count)));
      await run(
        'java',
        [
          ...java,
          'kafka.tools.StorageTool',
          'format',
          '-t',
          CLUSTER_ID,
          '-c',
          'server.properties',
          '--ignore-formatted',
        ],
        { cwd: folder },
      );
    }),
  );
  const children = await Promise.all(brokers.map((_, node) => start(node)));
  await untilReady('Kafka', children[0] as Child, () => knowsNodes(brokers, count), READY_WITHIN_MS);
  const child = (node: number): Child => children[node] as Child;
  return {
    brokers,
    pid: (node = 0) => child(node).pid,
    kill: (node = 0) => child(node).kill(),
    freeze: (node = 0) => freezeProcess(child(node).pid),
    resume: (node = 0) => sendSignal(child(node).pid, 'SIGCONT'),
    async restart(node = 0) {
      await child(node).kill();
      children[node] = await start(node);
    },
    async stop() {
      // The data is thrown away, so there is nothing that an orderly stop would save.
      await Promise.all(children.map((each) => each.kill()));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function properties(node: number, brokerPorts: readonly number[], controllerPorts: readonly number[]): string {
  const replication = Math.min(3, brokerPorts.length);
  return [
    'process.roles=broker,controller',
    `node.id=${node + 1}`,
    `controller.quorum.voters=${controllerPorts.map((port, index) => `${index + 1}@127.0.0.1:${port}`).join(',')}`,
    'controller.listener.names=CONTROLLER',
    `listeners=PLAINTEXT://127.0.0.1:${brokerPorts[node]},CONTROLLER://127.0.0.1:${controllerPorts[node]}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${brokerPorts[node]}`,
    'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs=data',
    // As in production: topics are provisioned, never made by a typing error.
    'auto.create.topics.enable=false',
    `offsets.topic.replication.factor=${replication}`,
    'offsets.topic.num.partitions=4',
    `transaction.state.log.replication.factor=${replication}`,
    'transaction.state.log.min.isr=1',
    'transaction.state.log.num.partitions=4',
    'group.initial.rebalance.delay.ms=0',
    'log.cleaner.dedupe.buffer.size=8388608',
    'num.network.threads=2',
    'num.io.threads=4',
    // A killed or frozen node is noticed, and a restarted one let in again, after 2 s instead of 9.
    'broker.session.timeout.ms=2000',
    'broker.heartbeat.interval.ms=500',
    '',
  ].join('\n');
}

async function withAdmin<T>(
  brokers: readonly string[],
  work: (admin: ReturnType<Kafka['admin']>) => Promise<T>,
): Promise<T> {
  quietIdle();
  const kafka = new Kafka({
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    requestTimeout: 2_000,
    retry: { retries: 0 },
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

async function answersMetadata(broker: string, nodeId: number): Promise<void> {
  const { brokers } = await withAdmin([broker], (admin) => admin.describeCluster());
  if (!brokers.some((each) => each.nodeId === nodeId)) throw new Error(`node ${nodeId} is not in the cluster yet`);
}

async function knowsNodes(brokers: readonly string[], count: number): Promise<void> {
  for (const broker of brokers) {
    const { brokers: known } = await withAdmin([broker], (admin) => admin.describeCluster());
    if (known.length < count) throw new Error(`${known.length} of ${count} nodes are in the cluster`);
  }
}
