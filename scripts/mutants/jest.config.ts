import type { Config } from 'jest';
import base from '../../jest.config.ts';

/** Only what money and prices are made of: pure, so no services are started. */
const { globalSetup: _, globalTeardown: __, setupFiles: ___, ...rest } = base;

const config: Config = {
  ...rest,
  rootDir: '../..',
  testMatch: ['<rootDir>/scripts/mutants/all-tests.ts'],
  // Stryker runs them in .stryker-tmp, which other runs leave out.
  modulePathIgnorePatterns: ['/\\.tollbook/'],
  // Laws are tried on fewer cases: every mutant has to pass all of them.
  globals: { LAW_RUNS: 25, MUTANT_TESTS: 'libs/{money,pricing}/**/*.test.ts' },
};

export default config;
