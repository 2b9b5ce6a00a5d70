/** The command line itself is wrong: exit code 2. The message says what to change. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The command was understood and could not be done: exit code 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** It was tried and could not be done, where exit code 1 says something else: exit code 2. */
export class CouldNot extends Error {
  override readonly name = 'CouldNot';
}
