import { readFile, writeFile } from 'node:fs/promises';

/*
 * `node scripts/complete-lockfile.ts`, after a dependency changed on a machine whose registry hides packages of other platforms: npm
 * then leaves them out of package-lock.json, and a strict `npm ci` refuses such a lock. Adds each missing optional package with its
 * exact version and the platform its name says; nothing else is touched. Where the registry has all of them this changes nothing.
 */

interface Entry {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly dev?: boolean;
}

const SYSTEMS = [
  'android',
  'darwin',
  'linux',
  'win32',
  'windows',
  'freebsd',
  'openbsd',
  'netbsd',
  'sunos',
  'aix',
  'openharmony',
];
const PROCESSORS: Readonly<Record<string, string>> = {
  arm64: 'arm64',
  x64: 'x64',
  ia32: 'ia32',
  arm: 'arm',
  ppc64: 'ppc64',
  s390x: 's390x',
  riscv64: 'riscv64',
  loong64: 'loong64',
  loongarch64: 'loong64',
};

const lock = JSON.parse(await readFile('package-lock.json', 'utf8')) as { packages: Record<string, Entry> };
let added = 0;
for (const [where, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isThere(where, name) || !/^\d/.test(version)) continue;
    lock.packages[`node_modules/${name}`] = platformEntry(name, version, entry.dev ?? false);
    added += 1;
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')));
await writeFile('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} packages of other platforms added to package-lock.json`);

/** Looks where npm would: beside the package that asks, then in each folder above it. */
function isThere(where: string, name: string): boolean {
  for (let base = where; ; base = base.slice(0, Math.max(0, base.lastIndexOf('/node_modules/')))) {
    if (lock.packages[`${base ? `${base}/` : ''}node_modules/${name}`]) return true;
    if (!base) return false;
  }
}

function platformEntry(name: string, version: string, dev: boolean): Entry {
  const parts = (name.split('/').at(-1) as string).split('-');
  const system = parts.find((part) => SYSTEMS.includes(part));
  const processor = parts.find((part) => part in PROCESSORS);
  return {
    version,
    ...(system && { os: [system === 'windows' ? 'win32' : system] }),
    // What names no processor is for WebAssembly, which no machine is.
    cpu: [processor ? PROCESSORS[processor] : 'wasm32'],
    ...(/musl/.test(name) && { libc: ['musl'] }),
    ...(dev && { dev: true }),
    optional: true,
  } as Entry;
}
