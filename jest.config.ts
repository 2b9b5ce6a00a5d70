import type { Config } from 'jest';

const config: Config = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } },
    ],
  },
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/\\.tollbook/'],
  modulePathIgnorePatterns: ['/\\.tollbook/', '/\\.stryker-tmp/'],
  globalSetup: './tests/support/jest/global-setup.ts',
  globalTeardown: './tests/support/jest/global-teardown.ts',
  setupFiles: ['./tests/support/jest/keep-logs.ts'],
  testTimeout: 60_000,
  maxWorkers: 3,
};

export default config;
