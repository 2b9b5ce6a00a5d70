import type { z } from 'zod';
import { describeIssues, wordIssue } from '#libs/http/describe-issues.ts';

/** What a sender is told about a body: "/pointer detail", in order; nothing when it is taken. */
export function faultsOf(schema: z.ZodType, value: unknown): string[] {
  const result = schema.safeParse(value, { error: wordIssue });
  return result.success ? [] : describeIssues(result.error.issues).map(({ pointer, detail }) => `${pointer} ${detail}`);
}
