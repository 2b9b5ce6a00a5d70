import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { AREAS, type Area } from './areas.ts';
import { type Holder, permits, ROLE_GRANTS, ROLES, SCOPE_GRANTS } from './roles.ts';
import { KEY_SCOPES } from './scopes.ts';

const areas = Object.keys(AREAS) as Area[];
const scoped = KEY_SCOPES.map((scope): Holder => ({ scopes: [scope], role: null }));
const holders = [...scoped, ...ROLES.map((role): Holder => ({ scopes: [], role }))];

test('docs/access.md shows these tables', async () => {
  const page = await readFile('docs/access.md', 'utf8');
  const rows = [...page.matchAll(/^\| (\w+) \| (.*) \|$/gm)]
    .filter(([, area]) => area !== 'area')
    .map(([, area, cells]) => [area, ...(cells as string).split(' | ')]);
  const cell = (granted: 'read' | 'write' | undefined) => granted ?? '—';
  expect(rows).toEqual([
    ...areas.map((area) => [area, AREAS[area], ...ROLES.map((role) => cell(ROLE_GRANTS[role][area]))]),
    ...areas.map((area) => [area, ...KEY_SCOPES.map((scope) => cell(SCOPE_GRANTS[scope][area]))]),
  ]);
  expect(page).toContain(`| area | about | ${ROLES.map((role) => `\`${role}\``).join(' | ')} |`);
  expect(page).toContain(`| area | ${KEY_SCOPES.map((scope) => `\`${scope}\``).join(' | ')} |`);
});

test('whoever may write may read', () => {
  for (const holder of holders)
    for (const area of areas)
      if (permits(holder, { area, action: 'write' })) expect(permits(holder, { area, action: 'read' })).toBe(true);
});

test('whoever may make keys may do everything that anybody may', () => {
  for (const maker of holders.filter((holder) => permits(holder, { area: 'keys', action: 'write' })))
    for (const area of areas)
      for (const action of ['read', 'write'] as const)
        if (holders.some((holder) => permits(holder, { area, action })))
          expect(permits(maker, { area, action })).toBe(true);
});

test('scopes add up, and no area opens to nobody', () => {
  expect(permits({ scopes: ['ingest', 'read'], role: null }, { area: 'events', action: 'write' })).toBe(true);
  expect(permits({ scopes: ['ingest', 'read'], role: null }, { area: 'usage', action: 'read' })).toBe(true);
  expect(permits({ scopes: ['ingest', 'read'], role: null }, { area: 'usage', action: 'write' })).toBe(false);
  for (const holder of holders) expect(permits(holder, { area: undefined, action: 'read' })).toBe(false);
});
