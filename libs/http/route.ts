import type { Readable } from 'node:stream';
import type { Request, Response } from 'express';
import { z } from 'zod';
import type { Transaction } from '#libs/database/transaction.ts';
import type { Area } from './areas.ts';
import type { FieldError } from './errors.ts';
import type { KeyScope, Scope } from './scopes.ts';
import type { TokenCustomer } from './tokens/terms.ts';

export type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

/**
 * What a route does with an Idempotency-Key. `needless`: nothing of it happens twice, with or without one. `refused`: its answer holds a secret,
 * so it cannot be stored to be given again.
 */
export type Idempotency = 'taken' | 'needless' | 'refused';

/** How a change of something that a GET shows keeps to If-Match. */
// biome-ignore lint/suspicious/noExplicitAny: each route's own parameters and body.
export interface Matches<Params = any, Body = any> {
  /** Takes the locks that the change itself takes first, in its order. What is not there it leaves to the GET. */
  readonly lock: (tx: Transaction, organizationId: number, params: Params) => Promise<unknown>;
  /** Of that GET; the route's own if left out. */
  readonly path?: string;
  /** What it is asked for besides the parameters of the path. */
  readonly query?: (params: Params, body: Body) => Readonly<Record<string, unknown>>;
}

/**
 * One route as plain data: what it takes, what it gives, whom it serves. Mounted by createApp; the API description and the test of
 * who may do what are made from the same list.
 */
export interface Route {
  readonly method: Method;
  /** With parameters in braces: /v1/meters/{key}. */
  readonly path: string;
  readonly scope: Scope;
  /** What it is about, for roles; by its path if undefined (areas.ts). */
  readonly area: Area | undefined;
  /** One line, for people. */
  readonly summary: string;
  readonly params: z.ZodType;
  readonly query: z.ZodType;
  /** `raw`: the handler gets the bytes; `open`: it reads them itself. Undefined: the route takes no body. */
  readonly body: z.ZodType | 'raw' | 'open' | undefined;
  /** What an `open` body may be, by media type: for its description alone, nothing is checked by it. */
  readonly openBody: Readonly<Record<string, z.ZodType>> | undefined;
  /** Of a success. `binary`: bytes of the type that the handler names. */
  readonly response: z.ZodType | 'binary';
  /** Of a success, unless the handler says otherwise. */
  readonly status: number;
  /** Others that bear an answer of the same schema. */
  readonly alsoStatus: readonly number[];
  /** Media types, beside JSON, in which the same is answered where the request asks for it. */
  readonly alsoTypes: readonly string[];
  readonly maxBodyBytes: number | undefined;
  readonly idempotency: Idempotency;
  readonly matches: Matches | undefined;
  readonly moreFaults: MoreFaults | undefined;
  /** A success is answered so long after it was committed: until nobody remembers what was before (create-memory.ts). */
  readonly answersAfterMs: number;
  /** With it customer tokens open the route too. */
  readonly forCustomer?: ForCustomer;
  readonly handler: (call: AnyCall) => Promise<RouteAnswer>;
}

/**
 * What else is wrong with a body that the schema refused, so that all its faults are told at once: those that show only between its parts,
 * or beside what is stored. The body may be anything.
 */
export type MoreFaults<Params = unknown> = (call: {
  readonly organizationId: number;
  readonly clockOffset: number;
  readonly params: Params;
  readonly body: unknown;
}) => Promise<readonly FieldError[]>;

/** Holds a call to one customer: the query to go on with. @throws ApiError `not_found` when it asks for what is not theirs. */
export type ForCustomer = (call: {
  readonly organizationId: number;
  readonly customer: TokenCustomer;
  readonly params: unknown;
  readonly query: unknown;
}) => Promise<unknown>;

export interface RouteAnswer {
  readonly status?: number;
  /** JSON, or a Buffer that is sent as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A body of any type that its handler reads, in one of two ways and once. Either way it comes unpacked. */
export interface OpenBody {
  /** In lower case and without parameters; undefined when none is named. */
  readonly mediaType: string | undefined;
  /** All of it. @throws ApiError when it is larger than the route allows. */
  whole(): Promise<Buffer>;
  /** As it comes, of any length; `idleMs` without a byte in either direction cut the connection. */
  stream(idleMs: number): Readable;
}

export interface AnyCall {
  readonly checkKey: () => Promise<void>;
  readonly organizationId: number | null;
  readonly keyId: string | null;
  readonly clockOffset: number;
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly request: Request;
  readonly response: Response;
  readonly requestId: string;
}

/** What a handler gets. Types follow from the definition. */
export interface Call<Of extends Scope, Params, Query, Body> {
  /** For calls that last: rejects with an ApiError when the key serves no more. */
  readonly checkKey: () => Promise<void>;
  readonly organizationId: Of extends KeyScope ? number : null;
  readonly keyId: Of extends KeyScope ? string : null;
  /** See Caller. */
  readonly clockOffset: number;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly request: Request;
  readonly response: Response;
  readonly requestId: string;
}

type NameIn<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | NameIn<Rest> : never;
type ParamsIn<Path extends string> = { readonly [Name in NameIn<Path>]: string };

export interface RouteDefinition<
  Path extends string,
  Of extends Scope,
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType | 'raw' | 'open',
> {
  readonly method: Method;
  readonly path: Path;
  readonly scope: Of;
  readonly area?: Area;
  readonly summary: string;
  /** Default: each parameter is a text of 1 to 255 characters. */
  readonly params?: Params;
  /** Default: none allowed. */
  readonly query?: Query;
  readonly body?: Body;
  readonly openBody?: Readonly<Record<string, z.ZodType>>;
  readonly response: z.ZodType | 'binary';
  readonly status?: number;
  readonly alsoStatus?: readonly number[];
  readonly alsoTypes?: readonly string[];
  readonly maxBodyBytes?: number;
  /** Default: taken by each POST for an organization. */
  readonly idempotency?: Idempotency;
  readonly matches?: Matches<z.output<Params>, BodyOf<Body>>;
  readonly moreFaults?: MoreFaults<z.output<Params>>;
  /** Default: at once. */
  readonly answersAfterMs?: number;
  readonly handler: (call: Call<Of, z.output<Params>, z.output<Query>, BodyOf<Body>>) => Promise<RouteAnswer>;
}

type BodyOf<Body> = Body extends z.ZodType ? z.output<Body> : Body extends 'open' ? OpenBody : Buffer;

const PLACEHOLDER = /\{(\w+)\}/g;
const NO_QUERY = z.strictObject({});

const pathText = z
  .string()
  .min(1)
  .max(255)
  .refine((text) => text.isWellFormed() && !text.includes('\0'));

export function defineRoute<
  const Path extends string,
  const Of extends Scope,
  Params extends z.ZodType = z.ZodType<ParamsIn<Path>>,
  Query extends z.ZodType = typeof NO_QUERY,
  Body extends z.ZodType | 'raw' | 'open' = never,
>(definition: RouteDefinition<Path, Of, Params, Query, Body>): Route {
  return {
    method: definition.method,
    path: definition.path,
    scope: definition.scope,
    area: definition.area,
    summary: definition.summary,
    params:
      definition.params ??
      z.object(Object.fromEntries(placeholdersOf(definition.path).map((name) => [name, pathText]))),
    query: definition.query ?? NO_QUERY,
    body: definition.body,
    openBody: definition.openBody,
    response: definition.response,
    status: definition.status ?? 200,
    alsoStatus: definition.alsoStatus ?? [],
    alsoTypes: definition.alsoTypes ?? [],
    maxBodyBytes: definition.maxBodyBytes,
    idempotency: definition.idempotency ?? (definition.method === 'POST' ? 'taken' : 'needless'),
    // What the two get was parsed by these very schemas.
    matches: definition.matches as Route['matches'],
    moreFaults: definition.moreFaults as Route['moreFaults'],
    answersAfterMs: definition.answersAfterMs ?? 0,
    handler: definition.handler as unknown as Route['handler'],
  };
}

export const placeholdersOf = (path: string): string[] =>
  [...path.matchAll(PLACEHOLDER)].map((match) => match[1] as string);

/** '/v1/meters/{key}' in Express' words. */
export const expressPath = (path: string): string => path.replaceAll(PLACEHOLDER, ':$1');
