import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import helmet from 'helmet';
import type { z } from 'zod';
import { actAndAudit } from '#libs/audit/act-and-audit.ts';
import type { Pool } from '#libs/database/pool.ts';
import type { Logger } from '#libs/telemetry/logger.ts';
import { answerConditional } from './answer-conditional.ts';
import { needOf } from './areas.ts';
import type { Authenticate, Caller } from './authenticate.ts';
import { type Asked, createClientAddress } from './client-address.ts';
import { allowOrigins } from './cors.ts';
import { describeIssues, wordIssue } from './describe-issues.ts';
import { ApiError, type FieldError } from './errors.ts';
import { type HealthCheck, healthRoutes } from './health.ts';
import { answerKeyed } from './idempotency/answer-keyed.ts';
import { type MetricsRegistry, metricsRoute } from './metrics-route.ts';
import { parseJson } from './parse-json.ts';
import { problemOf, toApiError } from './problem.ts';
import type { RateLimiter, Standing } from './rate-limit.ts';
import { createBodyReader, openBody } from './read-body.ts';
import { type AnyCall, expressPath, type Route, type RouteAnswer } from './route.ts';
import type { Scope } from './scopes.ts';
import { send } from './send.ts';

export interface AppOptions {
  /** Of one service, or of several that share a process. */
  readonly routes: readonly Route[];
  readonly authenticate: Authenticate;
  readonly logger: Logger;
  readonly health: readonly HealthCheck[];
  /** With it, GET /metrics is there. */
  readonly registry?: MetricsRegistry;
  /** Limit of JSON bodies, where a route names none; 1 MiB. */
  readonly maxBodyBytes?: number;
  readonly newRequestId?: () => string;
  /** Whose pages may ask from browsers; none if left out. */
  readonly corsOrigins?: readonly string[];
  /** Addresses and ranges of proxies whose X-Forwarded-For is believed; none if left out. */
  readonly trustedProxies?: readonly string[];
  /** Without it requests are not counted. */
  readonly rateLimiter?: RateLimiter;
  /** The one that the routes use: what they change is audited through it, and what was answered to an Idempotency-Key is stored. Without it neither. */
  readonly pool?: Pool;
  /** For tests: an answer that its own schema refuses is an error. */
  readonly checkResponses?: boolean;
}

/**
 * Routes as an Express app. Each request goes: request id → route → key → body → schemas → handler → answer. Whatever is thrown on
 * the way becomes problem details; nothing of an unknown error leaves the process.
 */
export function createApp(options: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('strict routing');
  app.enable('case sensitive routing');
  app.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
      },
    }),
  );
  app.use((request, response, next) => {
    const requestId = requestIdOf(request) ?? (options.newRequestId ?? randomUUID)();
    response.locals.requestId = requestId;
    response.setHeader('X-Request-Id', requestId);
    response.setHeader('Cache-Control', 'no-store');
    next();
  });
  app.use(allowOrigins(options.corsOrigins ?? []));
  const routes = [
    ...healthRoutes(options.health),
    ...(options.registry ? [metricsRoute(options.registry)] : []),
    ...options.routes,
  ];
  mount(app, routes, options);
  app.use((request) => {
    throw new ApiError(
      'route_not_found',
      `There is no route ${request.path}. Paths are case sensitive and end without a slash.`,
    );
  });
  app.use(answerError(options.logger));
  return app;
}

function mount(app: Express, routes: readonly Route[], options: AppOptions): void {
  // Literal segments before parameters, so that no parameter swallows a name: /v1/usage/{x} after /v1/usage/total.
  const byPath = Map.groupBy(routes, ({ path }) => path);
  const paths = [...byPath.keys()].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  const shownBy = new Map(routes.filter(({ method }) => method === 'GET').map((route) => [route.path, route]));
  for (const path of paths) {
    const own = byPath.get(path) as Route[];
    const methods = own.map(({ method }) => method);
    const double = methods.find((method, i) => methods.indexOf(method) !== i);
    if (double) throw new Error(`route ${double} ${path} is defined twice`);
    for (const route of own) app[METHODS[route.method]](expressPath(path), serve(route, shownBy, options));
    const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])].join(', ');
    app.all(expressPath(path), (request) => {
      throw new ApiError('method_not_allowed', `${path} does not take ${request.method}; it takes ${allow}.`, {
        headers: { Allow: allow },
      });
    });
  }
}

const METHODS = { GET: 'get', POST: 'post', PATCH: 'patch', PUT: 'put', DELETE: 'delete' } as const;
const sortKey = (path: string): string => path.replaceAll('{', '\uffff');

/** Express passes a rejected promise on to the error handler. */
function serve(
  route: Route,
  shownBy: ReadonlyMap<string, Route>,
  options: AppOptions,
): (request: Request, response: Response) => Promise<void> {
  const readBody = createBodyReader(route, options.maxBodyBytes);
  const addressOf = createClientAddress(options.trustedProxies ?? []);
  const name = `${route.method} ${route.path}`;
  return async (request, response) => {
    response.locals.route = name;
    const caller = await options.authenticate(request.headers, route);
    await limitRate(options.rateLimiter, caller, route, response);
    const params = parseParams(route, request);
    const query = await queryFor(caller, route, { params, query: parse(route.query, request.query, 'query') });
    const body = await bodyOf(route, request, { ...caller, params }, () => readBody(request, response));
    const { requestId } = response.locals as { requestId: string };
    const checkKey = async () => void (await options.authenticate(request.headers, route));
    const keyed = { route, request, requestId, organizationId: caller.organizationId, pool: options.pool };
    const call = { ...caller, checkKey, params, query, body, request, response, requestId };
    const answer = await answerKeyed(keyed, async (isKeyed) => {
      const given = await inTheNameOf(caller, { route, request, requestId, addressOf, pool: options.pool }, () =>
        answerConditional({ route, shownBy, pool: options.pool, call }, isKeyed),
      );
      if (options.checkResponses && !response.headersSent) checkResponse(route, given);
      return given;
    });
    if (response.headersSent) return;
    if (route.answersAfterMs > 0 && (answer.status ?? route.status) < 400) await sleep(route.answersAfterMs);
    await send(request, response, route, answer);
    options.logger.debug(
      { request_id: requestId, route: name, status: response.statusCode, organization_id: caller.organizationId },
      'answered',
    );
  };
}

/** What writes is audited, but for events: their log is a history by itself. */
function inTheNameOf<T>(
  { keyId, organizationId }: Caller,
  call: {
    readonly route: Route;
    readonly request: Request;
    readonly requestId: string;
    readonly addressOf: (request: Asked) => string | null;
    readonly pool: Pool | undefined;
  },
  work: () => Promise<T>,
): Promise<T> {
  const { route, request, requestId, addressOf, pool } = call;
  if (!pool || route.scope === 'public' || route.scope === 'ingest' || needOf(route).action === 'read') return work();
  const acting = {
    actorType: keyId === null ? 'operator' : 'api_key',
    actorId: keyId,
    action: `${route.method} ${route.path}`,
    requestId,
    address: addressOf(request),
  } as const;
  return actAndAudit(pool, { request: acting, organizationId, subject: request.path }, work);
}

/** A customer token is held to its customer before the handler sees anything. */
async function queryFor(
  { organizationId, customer }: Caller,
  { method, path, forCustomer }: Route,
  call: { readonly params: unknown; readonly query: unknown },
): Promise<unknown> {
  if (customer === undefined) return call.query;
  if (organizationId === null || !forCustomer) throw new Error(`${method} ${path} was opened to a customer token`);
  return forCustomer({ organizationId, customer, ...call });
}

/** A customer's tokens have no key, and are counted by themselves: what one customer asks for must not stand in the way of the organization. */
async function countRequest(limiter: RateLimiter, { keyId, customer }: Caller, scope: Scope): Promise<Standing | null> {
  if (customer !== undefined) return limiter(customer.id, 'customer');
  return keyId === null ? null : limiter(keyId, scope === 'ingest' ? 'ingest' : 'management');
}

async function limitRate(
  limiter: RateLimiter | undefined,
  caller: Caller,
  { scope }: Route,
  response: Response,
): Promise<void> {
  const standing = limiter && (await countRequest(limiter, caller, scope));
  if (!standing) return;
  for (const [name, value] of Object.entries(standing.headers)) response.setHeader(name, value);
  if (standing.refusal) throw standing.refusal;
}

async function bodyOf(
  { body, moreFaults }: Route,
  request: Request,
  { organizationId, clockOffset, params }: Pick<AnyCall, 'organizationId' | 'clockOffset' | 'params'>,
  read: () => Promise<Buffer>,
): Promise<unknown> {
  if (body === undefined) return undefined;
  if (body === 'open') return openBody(request, read);
  const bytes = await read();
  if (body === 'raw') return bytes;
  const value = parseJson(bytes);
  const parsed = body.safeParse(value, { error: wordIssue });
  if (parsed.success) return parsed.data;
  const faults = describeIssues(parsed.error.issues);
  const told = new Set(faults.map(({ pointer }) => pointer));
  const more =
    organizationId === null || !moreFaults
      ? []
      : await moreFaults({ organizationId, clockOffset, params, body: value });
  throw refusal([...faults, ...more.filter(({ pointer }) => !told.has(pointer))]);
}

/** What no such id or key can be is answered like what is not there. */
function parseParams(route: Route, request: Request): unknown {
  const parsed = route.params.safeParse(request.params);
  if (parsed.success) return parsed.data;
  throw new ApiError('not_found', `There is nothing at ${request.path}.`);
}

function parse(schema: z.ZodType, value: unknown, inside: FieldError['in']): unknown {
  const parsed = schema.safeParse(value, { error: wordIssue });
  if (parsed.success) return parsed.data;
  throw refusal(describeIssues(parsed.error.issues, inside));
}

/** All faults in one answer; the sentence tells the first. */
function refusal(errors: readonly FieldError[]): ApiError {
  const [first] = errors as [FieldError];
  const inside = first.in;
  const where =
    first.pointer === ''
      ? (inside ?? 'the body')
      : `${inside ? `${inside} parameter ` : ''}${inside ? first.pointer.slice(1) : first.pointer}`;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more, see errors)` : '';
  return new ApiError('invalid_request', `${where} ${first.detail}${more}.`, { errors });
}

function checkResponse(route: Route, { status, body }: RouteAnswer): void {
  if (route.response === 'binary' || body === undefined || (status ?? 200) >= 400) return;
  const parsed = route.response.safeParse(body);
  if (!parsed.success) {
    throw new Error(
      `${route.method} ${route.path} answered what its schema refuses: ${JSON.stringify(describeIssues(parsed.error.issues))}`,
    );
  }
}

const REQUEST_ID = /^[\w.:-]{1,128}$/;

function requestIdOf(request: Request): string | undefined {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : undefined;
}

function answerError(logger: Logger): ErrorRequestHandler {
  return (thrown, request, response, next) => {
    // Express' router refuses a path with broken percent signs by itself.
    const error =
      thrown instanceof URIError
        ? new ApiError('invalid_path', `The path ${request.path} holds a broken percent escape.`)
        : toApiError(thrown);
    const requestId = String(response.locals.requestId);
    const told = { request_id: requestId, route: response.locals.route, status: error.status, code: error.code };
    if (error.code === 'internal_error') logger.error({ ...told, err: thrown }, 'a request failed');
    else if (error.status >= 500) logger.warn({ ...told, err: error.cause }, error.message);
    else logger.debug(told, error.message);
    // Too late for another answer: let Express cut the connection, so that a half answer is not taken for a whole one.
    if (response.headersSent) return next(thrown);
    for (const [name, value] of Object.entries(error.headers)) response.setHeader(name, value);
    response
      .status(error.status)
      .type('application/problem+json')
      .send(JSON.stringify(problemOf(error, requestId)));
  };
}
