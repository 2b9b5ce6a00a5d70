import type { z } from 'zod';

/** Refinement: an object holds one of two fields and not both. What is no object has a complaint of its own. */
export const eitherOf =
  (first: string, second: string) =>
  (value: unknown, context: z.RefinementCtx): void => {
    if (typeof value !== 'object' || value === null) return;
    const fields = value as Readonly<Record<string, unknown>>;
    if ((fields[first] === undefined) === (fields[second] === undefined))
      context.addIssue({ code: 'custom', message: `must hold either ${first} or ${second}` });
  };
