/** Beginning of every statement that answers with Payments; `p` is payments. */
export const PAYMENT_SELECT = `SELECT p.id, p.position, p.invoice_id AS "invoiceId", i.number AS "invoiceNumber", c.key AS "customerKey",
        p.currency, p.amount, p.overpayment, p.credited, p.received_on AS "receivedOn", p.method, p.reference, p.created_at AS "createdAt",
        coalesce((SELECT json_agg(json_build_object('id', r.id, 'amount', r.amount::text, 'reason', r.reason, 'createdAt', r.created_at) ORDER BY r.position)
                    FROM payment_refunds r WHERE r.organization_id = p.organization_id AND r.payment_id = p.id), '[]') AS refunds
   FROM payments p
   JOIN invoices i ON i.organization_id = p.organization_id AND i.id = p.invoice_id
   JOIN customers c ON c.organization_id = p.organization_id AND c.id = p.customer_id`;
