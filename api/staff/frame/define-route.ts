import type { z } from 'zod';

import type { AuditActor } from '../../../database/audit';
import type { InvalidAnswers } from '../../../database/bookings';
import type { StaffSession } from '../../../database/staff';
import type { Refusal } from '../../../domain/contracts/booking-refusals';
import type { StaffRefusal } from '../../../domain/staff/refusals';
import type { StaffRole } from '../../../domain/staff/roles';
import { idempotencyKeyOf as keyIn, read } from '../../shared/input';
import type { ProblemFault } from '../../shared/problem';
import type { AppContext } from '../../shared/state';

export type Outcome<Answer> = { readonly answer: Answer } | Refusal | StaffRefusal | InvalidAnswers | Malformed;
/** What was sent does not fit the schema of the route, or what a file in it holds. */
export interface Malformed {
  readonly ok: false;
  readonly malformed: readonly ProblemFault[];
}

/** One request, read and checked. */
export interface Call<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly actor: AuditActor;
  readonly ctx: AppContext;
}

type Values<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;
type Shape = z.ZodObject | undefined;
type Whole = z.ZodType | undefined;

interface Definition<Params extends Shape, Query extends Shape, Body extends Whole, Answer extends Whole> {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  /** Below `/api/v1`, with `:name` for parameters. */
  readonly path: string;
  /** One line for the API description. */
  readonly summary: string;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** Left out: 204 without a body. */
  readonly answer?: Answer;
  readonly status?: 200 | 201;
  /** What the answer is where it is not JSON, e.g. `text/csv`; `answer` is then a string. */
  readonly media?: string;
  /** Bytes of the body, where a whole file comes in it. */
  readonly bodyLimitBytes?: number;
  /** The media type of a body that the handler reads by itself, as it comes, however large. */
  readonly streamed?: string;
  /** Takes an `Idempotency-Key` header. */
  readonly idempotent?: true;
}

/** A route as it is mounted and described. */
export interface StaffRoute extends Definition<Shape, Shape, Whole, Whole> {
  /** Who may; `anyone`: without a log-in. */
  readonly roles: readonly StaffRole[] | 'anyone';
  /** Also for a person who must choose an own password first. */
  readonly whileNew: boolean;
  run(ctx: AppContext, params: unknown, actor: AuditActor, staff: StaffSession | undefined): Promise<Outcome<unknown>>;
}

/** A route for members of staff who have one of `roles`. */
export function staffRoute<
  Params extends Shape = undefined,
  Query extends Shape = undefined,
  Body extends Whole = undefined,
  Answer extends Whole = undefined,
>(
  definition: Definition<Params, Query, Body, Answer> & {
    readonly roles: readonly StaffRole[];
    readonly whileNew?: true;
    readonly handle: (
      call: Call<Values<Params>, Values<Query>, Values<Body>> & { readonly staff: StaffSession },
    ) => Promise<Outcome<Answer extends z.ZodType ? z.input<Answer> : undefined>>;
  },
): StaffRoute {
  const { handle, whileNew = false, ...rest } = definition;
  return {
    ...rest,
    whileNew,
    async run(ctx, params, actor, staff) {
      if (!staff) throw new Error(`${definition.path} was reached without a session`);
      const call = readCall(definition, ctx, params, actor);
      return 'malformed' in call ? call : handle({ ...call, staff });
    },
  };
}

/** A route that needs no log-in. */
export function openRoute<
  Params extends Shape = undefined,
  Query extends Shape = undefined,
  Body extends Whole = undefined,
  Answer extends Whole = undefined,
>(
  definition: Definition<Params, Query, Body, Answer> & {
    readonly handle: (
      call: Call<Values<Params>, Values<Query>, Values<Body>>,
    ) => Promise<Outcome<Answer extends z.ZodType ? z.input<Answer> : undefined>>;
  },
): StaffRoute {
  const { handle, ...rest } = definition;
  return {
    ...rest,
    roles: 'anyone',
    whileNew: true,
    async run(ctx, params, actor) {
      const call = readCall(definition, ctx, params, actor);
      return 'malformed' in call ? call : handle(call);
    },
  };
}

function readCall<Params extends Shape, Query extends Shape, Body extends Whole>(
  { params, query, body }: Definition<Params, Query, Body, Whole>,
  ctx: AppContext,
  given: unknown,
  actor: AuditActor,
): Call<Values<Params>, Values<Query>, Values<Body>> | Malformed {
  const faults: ProblemFault[] = [];
  const value = (schema: z.ZodType | undefined, sent: unknown): unknown => {
    if (!schema) return undefined;
    const result = read(schema, sent);
    if (result.ok) return result.value;
    faults.push(...result.faults);
    return undefined;
  };
  const call = {
    params: value(params, given),
    query: value(query, ctx.query),
    body: value(body, ctx.state.body ?? {}),
    actor,
    ctx,
  };
  return faults.length > 0
    ? { ok: false, malformed: faults }
    : (call as Call<Values<Params>, Values<Query>, Values<Body>>);
}

/**
 * The request's `Idempotency-Key`, made the member's own: keys are kept per resident, and a person who clicked twice is one person.
 * `false`: not a key.
 */
export function idempotencyKeyOf(ctx: AppContext, staff: StaffSession): { idempotencyKey?: string } | false {
  const key = keyIn(ctx.get('Idempotency-Key'));
  return key === false ? false : key === undefined ? {} : { idempotencyKey: `${staff.staffId}:${key}` };
}
