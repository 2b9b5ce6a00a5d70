import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadConfig } from '#libs/config/load-config.ts';
import { settings } from '#libs/config/settings.ts';
import { type ComposeFile, type ComposeService, ROOT, readComposeFile } from './compose-file.ts';

/* docker-compose.yml against the code that it runs. Containers themselves are not started: see docs/operations.md. */

const OURS = ['migrate', 'ingest', 'aggregator', 'billing-run', 'api'] as const;
const PASSWORDS = ['POSTGRES_PASSWORD', 'POSTGRES_API_PASSWORD', 'POSTGRES_WORKER_PASSWORD'];

let compose: ComposeFile;
let scripts: Record<string, string>;
let text: string;
beforeAll(async () => {
  compose = await readComposeFile();
  ({ scripts } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8')));
  text = await readFile(path.join(ROOT, 'docker-compose.yml'), 'utf8');
});

const service = (name: string): ComposeService => {
  const found = compose.services[name];
  if (!found) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
};

/** What `docker compose` makes of ${NAME}, ${NAME:-default} and ${NAME:?message}. @throws Error as it would. */
function substitute(value: string, environment: Record<string, string>): string {
  return value.replaceAll(/\$\{([A-Z_]+)(?::([-?])([^}]*))?\}/g, (_, name: string, operator: string, rest: string) => {
    const given = environment[name];
    if (given) return given;
    if (operator === '?') throw new Error(`required variable ${name} is missing: ${rest}`);
    return operator === '-' ? rest : '';
  });
}

const environmentOf = (name: string, environment: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(service(name).environment ?? {}).map(([key, value]) => [key, substitute(value, environment)]),
  );

test('every process of package.json is a service with the same entry point', async () => {
  const processes = Object.entries(scripts).filter(
    ([name, command]) => /^node (?:--\S+ )*services\//.test(command) && name !== 'start',
  );
  expect(processes.map(([name]) => name).sort()).toEqual(['aggregator', 'api', 'billing-run', 'ingest']);
  // What the image's entry point begins with, the command of the service goes on with.
  const [, entryPoint = ''] =
    /^ENTRYPOINT (\[.*\])$/m.exec(await readFile(path.join(ROOT, 'Dockerfile'), 'utf8')) ?? [];
  const node = (JSON.parse(entryPoint) as string[]).join(' ');
  for (const [name, command] of processes)
    expect([name, `${node} ${service(name).command?.join(' ')}`]).toEqual([name, command]);
  expect(`node ${service('migrate').command?.join(' ')}`).toBe(scripts.migrate);
  expect(Object.keys(compose.services).sort()).toEqual([...OURS, 'kafka', 'postgres', 'redis'].sort());
});

describe.each(OURS)('%s', (name) => {
  const secrets = Object.fromEntries(
    PASSWORDS.map((variable) => [variable, `value0of0${variable.replaceAll('_', '0')}`]),
  );

  test('has settings that Tollbook takes, and none that it does not know', () => {
    const environment = environmentOf(name, secrets);
    for (const variable of Object.keys(environment)) expect(settings).toHaveProperty(variable);
    expect(loadConfig(environment, ['DATABASE_URL', 'KAFKA_BROKERS'])).toMatchObject({
      TOLLBOOK_HOST: '0.0.0.0',
      TOLLBOOK_PORT: 8080,
    });
  });

  test('logs in as what it is', () => {
    const { username, password, hostname } = new URL(environmentOf(name, secrets).DATABASE_URL as string);
    const login = { migrate: 'tollbook', api: 'tollbook_api_login', ingest: 'tollbook_api_login' }[name as string];
    const variable = { migrate: PASSWORDS[0], api: PASSWORDS[1], ingest: PASSWORDS[1] }[name as string];
    expect([username, password, hostname]).toEqual([
      login ?? 'tollbook_worker_login',
      secrets[variable ?? 'POSTGRES_WORKER_PASSWORD'],
      'postgres',
    ]);
  });

  test('finds what it talks to on a common network, and starts behind it', () => {
    const { KAFKA_BROKERS, REDIS_URL, DATABASE_URL } = environmentOf(name, secrets) as Record<string, string>;
    const hosts = [
      KAFKA_BROKERS?.split(':')[0],
      new URL(REDIS_URL as string).hostname,
      new URL(DATABASE_URL as string).hostname,
    ];
    for (const host of hosts) expect(service(host as string).networks).toEqual(['data']);
    expect(service(name).networks).toContain('data');
    const { depends_on } = service(name);
    expect(depends_on).toMatchObject({
      postgres: { condition: 'service_healthy' },
      kafka: { condition: 'service_healthy' },
    });
    if (name !== 'migrate')
      expect(depends_on).toMatchObject({ migrate: { condition: 'service_completed_successfully' } });
  });

  test('is watched, and started again when it ends', () => {
    const { healthcheck, restart } = service(name);
    if (name === 'migrate') expect([healthcheck, restart]).toEqual([{ disable: true }, 'on-failure:5']);
    else {
      expect(restart).toBe('unless-stopped');
      expect(healthcheck?.test?.join(' ')).toMatch(/^CMD node -e fetch\("http:\/\/127\.0\.0\.1:8080\/health\/ready"\)/);
    }
  });

  test('has no more rights than it needs', () => {
    expect(service(name)).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
  });
});

describe.each(['kafka', 'postgres', 'redis'])('%s', (name) => {
  test('is of one exact version, watched, started again, and not reachable from outside', () => {
    const { image, healthcheck, restart, ports, networks } = service(name);
    expect(image).toMatch(/:\d+\.\d+(\.\d+)?(-alpine)?$/);
    expect(healthcheck?.test?.length).toBeGreaterThan(1);
    expect(restart).toBe('unless-stopped');
    expect(ports).toBeUndefined();
    expect(networks?.map((network) => compose.networks[network])).toEqual([{ internal: true }]);
  });
});

test('only the API and ingest are published, on this machine', () => {
  const published = Object.entries(compose.services).flatMap(([name, { ports = [] }]) =>
    ports.map((port) => [name, port]),
  );
  expect(published.sort()).toEqual([
    ['api', '127.0.0.1:8080:8080'],
    ['ingest', '127.0.0.1:8081:8080'],
  ]);
});

test('what must not be lost lies in a volume, where the image of that version writes', () => {
  expect(service('kafka').volumes).toContain('kafka:/var/lib/kafka/data');
  expect(service('kafka').environment).toMatchObject({ KAFKA_LOG_DIRS: '/var/lib/kafka/data' });
  expect(service('postgres').volumes).toContain('postgres:/var/lib/postgresql');
  expect(service('postgres').environment).not.toHaveProperty('PGDATA');
  expect(Object.keys(compose.volumes).sort()).toEqual(['kafka', 'postgres']);
});

describe('secrets', () => {
  test.each(PASSWORDS)('%s has no default: without it nothing starts', (missing) => {
    const environment = Object.fromEntries(PASSWORDS.filter((name) => name !== missing).map((name) => [name, 'x']));
    expect(() => substitute(text, environment)).toThrow(new RegExp(`required variable ${missing} is missing`));
  });

  test('none is written down', () => {
    for (const [name, { environment = {} }] of Object.entries(compose.services)) {
      for (const [variable, value] of Object.entries(environment)) {
        if (/PASSWORD|SECRET|_KEY$|TOKEN/.test(variable))
          expect([name, variable, value]).toEqual([name, variable, expect.stringMatching(/^\$\{[A-Z_]+:[?-]/)]);
        const inUrl = /\/\/[^/@\s]*:([^@\s]*)@/.exec(value.replaceAll(/\$\{[^}]*\}/g, '$'))?.[1];
        if (inUrl !== undefined) expect([name, variable, inUrl]).toEqual([name, variable, '$']);
      }
    }
    expect(text).not.toMatch(/TOLLBOOK_(BOOTSTRAP|SIGNING)_KEY:-[^}]/);
  });

  test('each goes only to who needs it', () => {
    const holders = (variable: string) =>
      Object.entries(compose.services)
        .filter(([, { environment = {} }]) =>
          Object.values(environment).some((value) => value.includes(`\${${variable}:`)),
        )
        .map(([name]) => name)
        .sort();
    expect(PASSWORDS.map(holders)).toEqual([
      ['migrate', 'postgres'],
      ['api', 'ingest', 'postgres'],
      ['aggregator', 'billing-run', 'postgres'],
    ]);
    expect(holders('TOLLBOOK_BOOTSTRAP_KEY')).toEqual(['migrate']);
    expect(holders('TOLLBOOK_SIGNING_KEY')).toEqual(['billing-run']);
  });
});

test('every file and folder of this repository that it mounts or builds from is there', async () => {
  const mounted = Object.values(compose.services).flatMap(({ volumes = [] }) =>
    volumes.filter((volume) => volume.startsWith('.')).map((volume) => volume.split(':')[0] as string),
  );
  expect(mounted).toContain('./docker/initdb');
  for (const place of [...mounted, 'Dockerfile']) await stat(path.join(ROOT, place));
});

test('docker compose itself reads it, where it is installed', async () => {
  const run = promisify(execFile);
  const isInstalled = await run('docker', ['compose', 'version']).then(
    () => true,
    () => false,
  );
  // The tests above hold without it; this one adds the judgement of the real thing.
  if (!isInstalled) {
    console.warn('docker compose is not installed here: docker-compose.yml was checked by these tests alone');
    return;
  }
  const environment = Object.fromEntries(PASSWORDS.map((name) => [name, 'x']));
  await run('docker', ['compose', '--file', path.join(ROOT, 'docker-compose.yml'), 'config', '--quiet'], {
    env: { ...process.env, ...environment },
  });
});
