/** Beginning of every statement that answers with PostedTransfers; `t` is ledger_transfers. */
export const TRANSFER_SELECT = `SELECT t.kind, t.id, t.customer_id AS "customerId", t.currency, t.document_id AS "documentId", t.reason,
        t.position, t.created_at AS "createdAt",
        (SELECT json_agg(json_build_object('account', e.account, 'amount', e.amount::text, 'balance', e.balance::text) ORDER BY e.account)
           FROM ledger_entries e WHERE e.organization_id = t.organization_id AND e.transfer = t.position) AS entries
   FROM ledger_transfers t`;
