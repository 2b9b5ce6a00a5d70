import type { Config } from 'jest';
import config from '../jest.config.ts';

/** The tests beside schemas and tables only: a mutant that is met when a module is loaded has to pass all of them. */
const ofTables: Config = {
  ...config,
  rootDir: '../../..',
  globals: {
    LAW_RUNS: 25,
    MUTANT_TESTS: 'libs/{pricing/**/*-schema,money/{currency,parse-decimal,stripe-digits}}.test.ts',
  },
};

export default ofTables;
