/** Where the logs of this run of tests are kept; made by tests/support/jest/global-setup.ts. */
export function logFolder(): string {
  const folder = process.env.TEST_LOGS;
  if (!folder) throw new Error('TEST_LOGS is not set: run tests with "npm run jest -- path".');
  return folder;
}
