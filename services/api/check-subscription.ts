import { findOverlap, meteredTermsOf } from '#libs/catalog/overlap.ts';
import type { Subscribed } from '#libs/catalog/subscribed.ts';
import { timelineFaults } from '#libs/catalog/timeline-faults.ts';
import { pointerOf } from '#libs/http/describe-issues.ts';
import { ApiError, invalidFields } from '#libs/http/errors.ts';

/**
 * Whether a subscription as it is to be can be billed, and bills nothing that another one of its customer bills. The customer's row is
 * locked. @throws ApiError
 */
export function checkSubscription(
  wanted: Subscribed,
  others: readonly Subscribed[],
  request: Parameters<typeof timelineFaults>[1],
): void {
  const faults = timelineFaults(wanted, request);
  if (faults.length > 0)
    throw invalidFields(faults.map(({ path, code, detail }) => ({ pointer: pointerOf(path), code, detail })));
  const overlap = findOverlap(meteredTermsOf(wanted), others.flatMap(meteredTermsOf));
  if (overlap)
    throw new ApiError(
      'subscriptions_overlap',
      `Subscription ${overlap.id} of the same customer bills meter "${overlap.meter}" in the same time: the same usage would be billed twice. Let one end before the other starts.`,
    );
}
