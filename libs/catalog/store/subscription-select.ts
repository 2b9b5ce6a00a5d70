/** A subscription as it is managed; what it is billed for follows from its changes. */
export interface SubscriptionRow {
  readonly id: string;
  readonly customerKey: string;
  readonly currency: string;
  readonly canceledAt: Date | null;
  /** The end it was made with. */
  readonly agreedEndsOn: string | null;
  readonly createdAt: Date;
}

/** Selects SubscriptionRows; conditions on s and c (customer) follow. */
export const SUBSCRIPTION_SELECT = `SELECT s.id, c.key AS "customerKey", s.currency, s.canceled_at AS "canceledAt", s.agreed_ends_on AS "agreedEndsOn",
         s.created_at AS "createdAt"
    FROM subscriptions s
    JOIN customers c ON c.organization_id = s.organization_id AND c.id = s.customer_id`;
