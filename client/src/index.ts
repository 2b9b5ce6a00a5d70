/* The one door of the package: what is not named here may change with any version. Types of anything else: AnswerOf and BodyOf. */
export type { AnswerOf, BodyOf, Call, CallOptions, InputOf, OperationName, QueryInput } from './call.ts';
export { createTollbook, type Tollbook, type TollbookOptions } from './create-tollbook.ts';
export {
  DeliveryError,
  type ErrorCode,
  type Fault,
  QueueError,
  TollbookConnectionError,
  TollbookError,
} from './errors.ts';
export type { EventResult, SentEvent, UsageEvent } from './events/event.ts';
export type { Events } from './events/events.ts';
export type { Queue, QueueOptions } from './events/queue.ts';
export type { List } from './list.ts';
export type {
  BillingRun,
  Coupon,
  Customer,
  DeadLetter,
  ExchangeRate,
  Invoice,
  InvoiceDraft,
  InvoicePage,
  Meter,
  Operations,
  Organization,
  Plan,
  Price,
  Problem,
  Subscription,
  TaxRate,
} from './operations.ts';
export type { Resources } from './resources.ts';
