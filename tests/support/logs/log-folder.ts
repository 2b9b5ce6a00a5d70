/** Where the logs of this run of tests are kept; made by tests/support/jest/global-setup.ts. Null for a benchmark, which starts the same processes. */
export const logFolder = (): string | null => process.env.TEST_LOGS ?? null;
