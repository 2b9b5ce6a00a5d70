import type { KafkaHandle } from '#scripts/services/kafka.ts';
import type { PostgresHandle } from '#scripts/services/postgres.ts';
import type { RedisHandle } from '#scripts/services/redis.ts';
import type { KafkaProxy } from '#tests/support/kafka-proxy.ts';
import type { TcpProxy } from '#tests/support/tcp-proxy.ts';
import type { Supervised } from './supervise.ts';

/** One process and its own lines to the services. */
export interface Member {
  readonly name: string;
  readonly process: Supervised;
  readonly lines: { readonly database: TcpProxy; readonly broker: KafkaProxy; readonly redis: TcpProxy };
}

export interface Services {
  readonly kafka: KafkaHandle;
  readonly postgres: PostgresHandle;
  readonly redis: RedisHandle;
}

export const TOPIC = 'usage-events';
export const PARTITIONS = 4;
