import { z } from 'zod';
import { isAddressRange } from '#libs/http/client-address.ts';
import { readSigningKey } from '#libs/invoicing/chain/read-signing-key.ts';

/** One environment variable that Tollbook knows. The table in docs/operations.md is compared with this list by a test. */
export interface Setting {
  readonly schema: z.ZodType;
  readonly description: string;
  /** Never printed, not even by the start-up log. */
  readonly secret?: true;
  /** Read by the command line tool, not by a service. */
  readonly client?: true;
}

const port = z.coerce.number().int().min(0).max(65_535);
const positive = z.coerce.number().int().positive();

export const settings = {
  TOLLBOOK_PORT: {
    schema: port.default(8080),
    description: 'Port of the HTTP server. 0 takes a free one and prints it.',
  },
  TOLLBOOK_HOST: {
    schema: z.string().min(1).default('127.0.0.1'),
    description: 'Address to listen on. 0.0.0.0 for all interfaces, as in a container.',
  },
  TOLLBOOK_DATA_DIR: {
    schema: z.string().min(1).default('.tollbook'),
    description: 'Embedded mode: folder of the embedded Postgres.',
  },
  TOLLBOOK_BOOTSTRAP_KEY: {
    schema: z.string().min(32, 'must have at least 32 characters').optional(),
    description:
      'Admin key of the first organization. Unset: a random one is made on the first start and printed once.',
    secret: true,
  },
  TOLLBOOK_LOG_LEVEL: {
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
    description: 'Least severity that is logged (JSON lines on standard error).',
  },
  TOLLBOOK_TOPIC: {
    schema: z
      .string()
      .regex(/^[a-zA-Z0-9._-]{1,200}$/, 'must be a Kafka topic name')
      .default('usage-events'),
    description: 'Kafka topic that holds the events.',
  },
  TOLLBOOK_TOPIC_PARTITIONS: {
    schema: positive.max(1000).default(6),
    description: 'Partitions of the topic when `npm run migrate` creates it.',
  },
  TOLLBOOK_LOG_RETENTION_DAYS: {
    schema: positive.max(3650).default(14),
    description:
      'How long records stay in the log after they arrived. Must exceed the longest outage and the age of the oldest backup you would restore.',
  },
  TOLLBOOK_DEDUPE_DAYS: {
    schema: positive.max(3650).default(100),
    description:
      'How long the identities of events are kept from their arrival. At least the `event_max_age_days` of every organization.',
  },
  TOLLBOOK_RAW_DAYS: {
    schema: positive.max(3650).default(400),
    description:
      'How long raw events are kept from their arrival. At least `TOLLBOOK_DEDUPE_DAYS` and `TOLLBOOK_LOG_RETENTION_DAYS`; the longest of the three counts.',
  },
  TOLLBOOK_MAX_BATCH_EVENTS: {
    schema: positive.max(100_000).default(10_000),
    description:
      'Most events in one JSON request to `POST /v1/events`; more are refused with 413. Streams have no limit.',
  },
  TOLLBOOK_MAX_BODY_BYTES: {
    schema: positive.max(256 * 1024 * 1024).default(8 * 1024 * 1024),
    description:
      'Most bytes of one JSON request to `POST /v1/events`, counted after unpacking; more are refused with 413.',
  },
  TOLLBOOK_CORS_ORIGINS: {
    schema: z
      .string()
      .regex(
        /^https?:\/\/[^\s,/*]+(,https?:\/\/[^\s,/*]+)*$/,
        'must look like https://app.example.com,https://other.example.com',
      )
      .optional(),
    description: 'Origins whose pages may call the API from browsers, separated by commas. Unset: none.',
  },
  TOLLBOOK_TRUSTED_PROXIES: {
    schema: z
      .string()
      .refine(
        (text) => text.split(',').every(isAddressRange),
        'must be addresses and ranges like 10.0.0.5,10.1.0.0/16, and not all addresses',
      )
      .optional(),
    description:
      'Proxies whose `X-Forwarded-For` says where a request comes from: addresses and ranges like 10.0.0.0/8, separated by commas. Unset: none; the audit log names whoever is connected.',
  },
  TOLLBOOK_MAX_CONNECTIONS: {
    schema: positive.max(1_000_000).default(2000),
    description:
      'Most connections that one process holds open; one more is cut at once. Keep it well below the limit of open files (`ulimit -n`).',
  },
  TOLLBOOK_MANAGEMENT_REQUESTS_PER_MINUTE: {
    schema: z.coerce.number().int().min(0).default(12_000),
    description:
      'Requests that one key may make in a minute, all but those that send events; more are refused with 429. 0: without limit.',
  },
  TOLLBOOK_INGEST_REQUESTS_PER_MINUTE: {
    schema: z.coerce.number().int().min(0).default(600_000),
    description: 'The same for requests that send events, however many events each holds.',
  },
  TOLLBOOK_CUSTOMER_REQUESTS_PER_MINUTE: {
    schema: z.coerce.number().int().min(0).default(1200),
    description:
      'Requests that all tokens of one customer together may make in a minute; more are refused with 429. 0: without limit.',
  },
  TOLLBOOK_BILLING_INTERVAL_SECONDS: {
    schema: positive.max(86_400).default(60),
    description: 'How often the billing run looks for periods that became due.',
  },
  TOLLBOOK_COMPAT: {
    schema: z.enum(['on', 'off']).default('off'),
    description:
      'Whether the routes of other metering APIs are served too (docs/api/compat.md). Read by ingest and the API.',
  },
  TOLLBOOK_DAILY_TOPIC: {
    schema: z
      .string()
      .regex(/^[a-zA-Z0-9._-]{1,200}$/, 'must be a Kafka topic name')
      .default('usage-daily'),
    description:
      'Kafka topic to which `POST /aggregates/commit` sends; made by `npm run migrate` with `TOLLBOOK_COMPAT=on`.',
  },
  TOLLBOOK_SIGNING_KEY: {
    schema: z.string().min(1).superRefine(mustBeSigningKey).optional(),
    description:
      'Ed25519 private key that signs the chains of invoices: PKCS8 as PEM, or its DER in base64. Read by the billing run. Unset: `npm start` makes one in its data directory; the distributed mode does not sign.',
    secret: true,
  },
  DATABASE_URL: {
    schema: z
      .string()
      .regex(/^postgres(ql)?:\/\/\S+$/, 'must look like postgres://user:password@host:5432/database')
      .refine(
        (url) => URL.canParse(url),
        'is not a URL with one host: percent-encode special characters of the password',
      )
      .optional(),
    description: 'Postgres of the distributed mode. `npm start` brings its own and does not read it.',
    secret: true,
  },
  KAFKA_BROKERS: {
    schema: z
      .string()
      .regex(/^[^\s,:]+:\d+(,[^\s,:]+:\d+)*$/, 'must look like host:9092,host:9092')
      .optional(),
    description: 'Kafka brokers of the distributed mode, separated by commas.',
  },
  REDIS_URL: {
    schema: z
      .string()
      .regex(/^rediss?:\/\/\S+$/, 'must look like redis://host:6379')
      .optional(),
    description:
      'Redis of the distributed mode. Without it labels and the live view are missing, and each process counts requests for itself.',
    secret: true,
  },
  TOLLBOOK_URL: {
    schema: z.url().default('http://127.0.0.1:8080'),
    description: 'Command line tool: where Tollbook answers.',
    client: true,
  },
  TOLLBOOK_API_KEY: {
    schema: z.string().optional(),
    description: 'Command line tool: the key to use.',
    secret: true,
    client: true,
  },
} as const satisfies Record<string, Setting>;

function mustBeSigningKey(text: string, context: z.RefinementCtx): void {
  try {
    readSigningKey(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
}

export type SettingName = keyof typeof settings;
export type Config = { readonly [Name in SettingName]: z.output<(typeof settings)[Name]['schema']> };
