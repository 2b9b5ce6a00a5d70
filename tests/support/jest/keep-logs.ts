import { keepOutput } from '#tests/support/logs/keep-output.ts';

/* Before each test file, in the process that runs it. */
keepOutput();
