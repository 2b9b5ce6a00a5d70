/** Selects Subscriptions; conditions on s, c (customer) and p (plan) follow. */
export const SUBSCRIPTION_SELECT = `SELECT s.id, c.key AS "customerKey", p.key AS "planKey", p.version AS "planVersion", s.starts_on AS "startsOn",
         s.ends_on AS "endsOn", s.time_zone AS "timeZone", s.created_at AS "createdAt"
    FROM subscriptions s
    JOIN customers c ON c.organization_id = s.organization_id AND c.id = s.customer_id
    JOIN plans p ON p.organization_id = s.organization_id AND p.id = s.plan_id`;
