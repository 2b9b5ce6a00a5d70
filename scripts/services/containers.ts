import { KafkaContainer } from '@testcontainers/kafka';
import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer, Wait } from 'testcontainers';
import { REDIS_DATABASES } from './redis.ts';

/*
 * The three services as containers, where a Docker engine answers. The machine this was written on has none: this file is typed and
 * read, but it has not been run there. Faults (kill, freeze) are always tested on native processes; see kafka.ts, postgres.ts, redis.ts.
 */

const IMAGES = { kafka: 'confluentinc/cp-kafka:8.1.0', postgres: 'postgres:18', redis: 'redis:7' } as const;
const ASK_WITHIN_MS = 3_000;

/** Quick and silent: false when there is no engine or it does not answer in time. */
export async function dockerAnswers(): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ASK_WITHIN_MS);
  });
  const asked = getContainerRuntimeClient().then(
    () => true,
    () => false,
  );
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}

export interface ContainerHandle<Address> {
  readonly address: Address;
  stop(): Promise<void>;
}

const handle = <Address>(address: Address, container: StartedTestContainer): ContainerHandle<Address> => ({
  address,
  stop: async () => void (await container.stop()),
});

export async function startKafkaContainer(): Promise<ContainerHandle<string[]>> {
  const container = await new KafkaContainer(IMAGES.kafka)
    .withKraft()
    .withEnvironment({ KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false' })
    .start();
  return handle([`${container.getHost()}:${container.getMappedPort(9093)}`], container);
}

export async function startPostgresContainer(): Promise<ContainerHandle<string>> {
  const settings = {
    shared_buffers: '256MB',
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    max_connections: '200',
    wal_compression: 'lz4',
  };
  const container = await new GenericContainer(IMAGES.postgres)
    .withEnvironment({ POSTGRES_USER: 'tollbook', POSTGRES_PASSWORD: 'tollbook', POSTGRES_DB: 'tollbook' })
    .withCommand(['postgres', ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])])
    .withExposedPorts(5432)
    // The image starts the server twice; the first one only prepares the data.
    .withWaitStrategy(Wait.forLogMessage(/database system is ready to accept connections/, 2))
    .start();
  return handle(
    `postgres://tollbook:tollbook@${container.getHost()}:${container.getMappedPort(5432)}/tollbook`,
    container,
  );
}

export async function startRedisContainer(): Promise<ContainerHandle<string>> {
  const container = await new GenericContainer(IMAGES.redis)
    .withCommand(['redis-server', '--save', '', '--appendonly', 'no', '--databases', String(REDIS_DATABASES)])
    .withExposedPorts(6379)
    .withWaitStrategy(Wait.forLogMessage(/Ready to accept connections/))
    .start();
  return handle(`redis://${container.getHost()}:${container.getMappedPort(6379)}`, container);
}
