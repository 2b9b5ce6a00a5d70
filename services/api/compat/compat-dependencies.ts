import type { DailyTopic } from '#libs/daily-usage/daily-topic.ts';
import type { ApiDependencies } from '../dependencies.ts';

export interface CompatDependencies extends ApiDependencies {
  /** Null: daily usage is sent on in its table alone (embedded). */
  readonly dailyTopic: DailyTopic | null;
}
