import { createReadStream } from 'node:fs';
import type { Command } from 'commander';
import { createPool } from '#libs/database/pool.ts';
import { selectInvoicingOrganizations } from '#libs/invoicing/store/select-invoicing-organizations.ts';
import type { Verdict, Verified } from '#libs/invoicing/verify/verdict.ts';
import { verifyDatabase } from '#libs/invoicing/verify/verify-database.ts';
import { type HeadWithKey, type VerifyOptions, verifyDocuments } from '#libs/invoicing/verify/verify-documents.ts';
import { CommandError, UsageError } from './errors.ts';
import { EXIT, type Surroundings } from './surroundings.ts';
import { type ExportedDocument, exportedDocument, exportedHead } from './verify/exported.ts';
import { openExport } from './verify/open-export.ts';
import { readJsonLines } from './verify/read-json-lines.ts';

interface Options {
  readonly file?: string;
  readonly heads?: string;
  readonly database?: string;
  readonly organization?: string;
  readonly trust?: readonly string[];
  readonly redraw: boolean;
  readonly json?: true;
}

/** Not 1, which says that something was touched. */
const COULD_NOT_CHECK = EXIT.usage;
const TOLD_EVERY = 1000;

export function addVerifyCommand(program: Command, around: Surroundings, onExit: (code: number) => void): void {
  program
    .command('verify')
    .summary('check that no finalized document was touched')
    .description(
      'Works the hashes of all invoices and credit notes out again, holds them against the signed heads, and names the first row that was touched. Reads an export (--file), the API, or a database (--database). Exit codes: 0 whole, 1 touched, 2 could not check.',
    )
    .option('--file <path>', 'NDJSON of GET /v1/exports/invoices')
    .option(
      '--heads <path>',
      'NDJSON of GET /v1/exports/chain-heads that you kept, instead of those that the server gives',
    )
    .option('--database <url>', 'look at the rows of a database: columns, lines, evidence, pages, voidings')
    .option('--organization <id>', 'with --database: only this organization')
    .option('--trust <key-id>', 'a key that may have signed; may be given several times', (id, all: string[] = []) => [
      ...all,
      id,
    ])
    .option('--no-redraw', 'with --database: hold pages against their stored hash only, without drawing them again')
    .option('--json', 'print the verdict as JSON')
    .action(async (options: Options) => {
      try {
        const verdict = await verify(options, around);
        around.stdout.write(options.json ? `${JSON.stringify(verdict)}\n` : verdictText(verdict));
        onExit(verdict.ok ? EXIT.ok : EXIT.failed);
      } catch (error) {
        if (error instanceof UsageError || around.interrupted.aborted) throw error;
        const { message } = error as Error;
        if (options.json) around.stdout.write(`${JSON.stringify({ ok: false, error: message })}\n`);
        around.stderr.write(`tollbook: could not check: ${message}\n`);
        onExit(COULD_NOT_CHECK);
      }
    });
}

async function verify(options: Options, around: Surroundings): Promise<Verdict> {
  if (options.file !== undefined && options.database !== undefined)
    throw new UsageError('--file and --database exclude each other: one of them is checked');
  const trusted = options.trust && new Set(options.trust);
  const onDocument = progress(around);
  if (options.database !== undefined) return verifyRows(options.database, options, trusted, onDocument);
  const given = options.file === undefined ? await openExport(around, 'chainHeads') : null;
  const heads =
    options.heads === undefined
      ? given
        ? readJsonLines(given, 'the heads', exportedHead)
        : none()
      : headsOf(options.heads);
  const input = options.file === undefined ? await openExport(around, 'invoices') : createReadStream(options.file);
  const documents = readJsonLines(input, options.file ?? 'the export', exportedDocument);
  return verifyOrganization(documents, { heads, trusted, onDocument });
}

/** Heads of another organization are no heads of this one: which it is, its first document says. */
async function verifyOrganization(
  documents: AsyncGenerator<ExportedDocument>,
  more: Pick<VerifyOptions, 'heads' | 'trusted' | 'onDocument'>,
): Promise<Verdict> {
  const first = await documents.next();
  const organization = first.done ? undefined : first.value.organization;
  const all = async function* () {
    if (first.done) return;
    yield first.value;
    yield* documents;
  };
  return verifyDocuments({ documents: all(), organization, ...more });
}

async function verifyRows(
  url: string,
  options: Options,
  trusted: ReadonlySet<string> | undefined,
  onDocument: (seen: number) => void,
): Promise<Verdict> {
  const pool = createPool({ connectionString: url, role: 'owner', applicationName: 'tollbook-verify', max: 1 });
  try {
    const all = await selectInvoicingOrganizations(pool);
    if (all === null)
      throw new CommandError(
        'this login does not see the rows of all organizations: use that of the owner or of the workers (tollbook_worker)',
      );
    const wanted = all.filter((id) => options.organization === undefined || String(id) === options.organization);
    if (options.organization !== undefined && wanted.length === 0)
      throw new CommandError(`organization ${options.organization} has no documents`);
    if (options.heads !== undefined && wanted.length > 1)
      throw new UsageError('--heads holds the heads of one organization: name it with --organization');
    const seen: Verified = { documents: 0, heads: 0, unsigned: 0, redacted: 0 };
    return await wanted.reduce<Promise<Verdict>>(
      async (before, organizationId) => {
        const verdict = await before;
        if (!verdict.ok) return verdict;
        const heads = options.heads === undefined ? undefined : headsOf(options.heads);
        const own = { organizationId, trusted, heads, redraw: options.redraw, onDocument };
        const next = await verifyDatabase(pool, own);
        return next.ok ? { ok: true, seen: sum(verdict.seen, next.seen) } : next;
      },
      Promise.resolve({ ok: true, seen }),
    );
  } finally {
    await pool.end();
  }
}

const sum = (a: Verified, b: Verified): Verified => ({
  documents: a.documents + b.documents,
  heads: a.heads + b.heads,
  unsigned: a.unsigned + b.unsigned,
  redacted: a.redacted + b.redacted,
});

const headsOf = (file: string): AsyncGenerator<HeadWithKey> =>
  readJsonLines(createReadStream(file), file, exportedHead);

async function* none(): AsyncGenerator<never> {}

function progress({ stderr }: Surroundings): (seen: number) => void {
  if (!stderr.isTTY) return () => {};
  return (seen) => {
    if (seen % TOLD_EVERY === 0) stderr.write(`\r${seen} documents`);
  };
}

function verdictText(verdict: Verdict): string {
  if (!verdict.ok) {
    const { table, document, position, reason } = verdict.touched;
    return `Touched: ${table}, ${document}${position === undefined ? '' : `, line ${position}`}: ${reason}\n`;
  }
  const { documents, heads, unsigned, redacted } = verdict.seen;
  const notes = [
    `${documents} documents are whole, ${heads} signed heads agree.`,
    ...(redacted > 0 ? [`Of ${redacted} the buyer was erased; their hashes hold.`] : []),
    ...(unsigned > 0 ? [`${unsigned} stand behind the last signed head: a rewriting of these could not be told.`] : []),
  ];
  return `${notes.join('\n')}\n`;
}
