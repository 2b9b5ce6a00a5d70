/** The topic to which daily usage is sent; in Kafka: libs/event-log/kafka/daily-topic.ts. One partition, so that it has an order. */
export interface DailyTopic {
  /** Offset that the next message will get. */
  end(): Promise<bigint>;
  /** Keys of the messages from this offset on. */
  keysFrom(offset: bigint): Promise<ReadonlySet<string>>;
  /** Resolves once all are durable. Rejects when that is not known. */
  publish(messages: readonly DailyMessage[]): Promise<void>;
  close(): Promise<void>;
}

export interface DailyMessage {
  readonly key: string;
  readonly value: Buffer;
}
