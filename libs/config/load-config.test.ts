import { expect, test } from '@jest/globals';
import { loadConfig, printableConfig } from './load-config.ts';

test('defaults stand where nothing is set', () => {
  const config = loadConfig({});
  expect(config.TOLLBOOK_PORT).toBe(8080);
  expect(config.TOLLBOOK_DATA_DIR).toBe('.tollbook');
  expect(config.DATABASE_URL).toBeUndefined();
});

test.each([
  [{ TOLLBOOK_PORT: '99999' }, /TOLLBOOK_PORT/],
  [{ TOLLBOOK_PORT: 'eighty' }, /TOLLBOOK_PORT/],
  [{ TOLLBOOK_BOOTSTRAP_KEY: 'short' }, /TOLLBOOK_BOOTSTRAP_KEY must have at least 32 characters/],
  [{ DATABASE_URL: 'mysql://x' }, /DATABASE_URL must look like postgres:/],
  [{ KAFKA_BROKERS: 'localhost' }, /KAFKA_BROKERS must look like host:9092/],
  [{ TOLLBOOK_PROT: '1' }, /TOLLBOOK_PROT is not a setting/],
])('%j is refused by name', (environment, message) => {
  expect(() => loadConfig(environment as Record<string, string>)).toThrow(message);
});

test('all faults are told at once, and a required setting that is missing says what it is for', () => {
  expect(() => loadConfig({ TOLLBOOK_PORT: 'x', TOLLBOOK_NOPE: '' }, ['DATABASE_URL'])).toThrow(
    /TOLLBOOK_PORT.*DATABASE_URL is not set: Postgres.*TOLLBOOK_NOPE/s,
  );
});

test('secrets are not printed', () => {
  const printed = JSON.stringify(printableConfig(loadConfig({ DATABASE_URL: 'postgres://u:hunter2@h/d' })));
  expect(printed).not.toContain('hunter2');
  expect(printed).toContain('"DATABASE_URL":"set"');
});
