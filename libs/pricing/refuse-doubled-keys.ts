import type { z } from 'zod';

/** Refinement: no two charges of a list have one key. What is faulty in itself has a complaint of its own. */
export function refuseDoubledKeys(charges: unknown, context: z.RefinementCtx): void {
  if (!Array.isArray(charges)) return;
  const places = new Map<string, number>();
  for (const [index, charge] of charges.entries()) {
    const { key } = (charge ?? {}) as { readonly key?: unknown };
    if (typeof key !== 'string') continue;
    const before = places.get(key);
    if (before === undefined) places.set(key, index);
    else context.addIssue({ code: 'custom', path: [index, 'key'], message: `is the key of charge ${before} too` });
  }
}
