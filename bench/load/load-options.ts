import type { OwnCost } from '../worker/own-cost.ts';
import type { Workload } from '../workload.ts';

export interface LoadOptions {
  /** Of the server, without path. */
  readonly url: string;
  readonly key: string;
  readonly workload: Workload;
  /** Events a second, kept whatever the answers take; latency counts from when a request was due. Left out: as fast as answered. */
  readonly rate?: number;
  /** Goes on through cut connections and tells its progress. Otherwise a cut connection is an error. */
  readonly stubborn?: boolean;
}

/** Times in milliseconds. */
export interface LoadResult extends OwnCost {
  readonly events: number;
  readonly p50: number;
  readonly p99: number;
  /** Epoch milliseconds of the first request. */
  readonly startedAt: number;
  /** Requests by what became of them: HTTP status or `broken`. */
  readonly answers: Readonly<Record<string, number>>;
}

/** Told twice a second by a stubborn load. */
export interface LoadProgress {
  readonly taken: number;
  readonly answers: Readonly<Record<string, number>>;
  readonly slowestMs: number;
}
