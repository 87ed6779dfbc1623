import type { Knex } from 'knex';
import { v7 as uuidv7 } from 'uuid';

import { reasonToStay, type StayReason } from '../../domain/bookings/version-change';
import type { BookingEvent } from '../../domain/contracts/booking-workflow';
import { planJourney } from '../../domain/notices/journey-plan';
import { type NoticeChange, noticeChanges } from '../../domain/notices/notice-changes';
import { groupsOf, needsBirthDate } from '../../domain/programmes/eligibility';
import { refuseStaff, type StaffRefusal } from '../../domain/staff/refusals';
import type { Audit, AuditActor } from '../audit';
import type { Database } from '../foundation/connection';
import { catchUp } from '../lists';
import type { BirthDateKeys } from '../residents';
import {
  bookingsToCome,
  bookingToComeOf,
  type BookingToComeRow,
  createKinds,
  firstSlot,
  remembered,
  type SlotCursor,
} from './bookings-to-come';
import type { Programmes, ProgrammeVersion } from './programmes';

export const changeStates = ['waiting', 'running', 'done', 'stopped', 'rejected', 'superseded'] as const;
export type ChangeState = (typeof changeStates)[number];

/** What bringing the published version to the running bookings would do. */
export interface ChangePreview {
  /** The published version. */
  readonly number: number;
  /** Confirmed bookings to come, by the older version they were made under; `held`: not confirmed yet, they are looked at when they are. */
  readonly versions: readonly { readonly number: number; readonly bookings: number; readonly held: number }[];
  readonly bookings: number;
  readonly willMove: number;
  readonly stays: ReadonlyMap<StayReason, number>;
  /** Notices that those who move get, do not get, or get at another time. */
  readonly notices: readonly (NoticeChange & { readonly bookings: number })[];
}

export interface ChangeView {
  readonly id: string;
  readonly programmeCode: string;
  readonly number: number;
  readonly state: ChangeState;
  readonly askedBy: { readonly id: string; readonly name: string };
  readonly askedAt: Date;
  readonly approvedBy: string | null;
  readonly approvedAt: Date | null;
  /** Who stopped or rejected it. */
  readonly endedBy: string | null;
  readonly endedAt: Date | null;
  /** Bookings of older versions when it was approved. */
  readonly expected: number;
  readonly moved: number;
  readonly stayed: ReadonlyMap<string, number>;
  readonly failed: number;
}

export type ChangeOutcome = { readonly ok: true; readonly change: ChangeView } | StaffRefusal;
export type ProgrammeChanges = ReturnType<typeof createProgrammeChanges>;

/** Changes that the list shows. */
const listed = 20;

interface Row {
  id: string;
  programme_id: string;
  code: string;
  programme_version_id: string;
  number: number;
  state: ChangeState;
  asked_by: string;
  asked_name: string;
  asked_at: Date;
  approved_name: string | null;
  approved_at: Date | null;
  ended_name: string | null;
  ended_at: Date | null;
  expected: number;
}

interface OutcomeCount {
  outcome: 'moved' | 'stayed' | 'failed';
  reason: string | null;
  count: number;
}

/** Confirmed bookings to come that were made under another version than the change's; counted in the lists, dealt with as they are in `booking`. */
const olderIn = (table: 'booking' | 'listed_booking') =>
  `FROM ${table} b JOIN slot s ON s.id = b.slot_id WHERE b.programme_id = :programme AND b.state = 'confirmed' AND b.programme_version_id <> :version AND s.starts_at > now()`;

/** Bringing a published version to the bookings of older ones: what it would do, who asks, who approves, how far it is, what came of it. */
export function createProgrammeChanges({
  database,
  audit,
  programmes,
  birthDates,
}: {
  database: Database;
  audit: Audit;
  programmes: Pick<Programmes, 'version' | 'allPublished'>;
  birthDates: BirthDateKeys;
}) {
  const select = (connection: Database) =>
    connection('programme_change as c')
      .join('programme as p', 'p.id', 'c.programme_id')
      .join('programme_version as v', 'v.id', 'c.programme_version_id')
      .join('staff as a', 'a.id', 'c.asked_by')
      .leftJoin('staff as d', 'd.id', 'c.approved_by')
      .leftJoin('staff as e', 'e.id', 'c.ended_by')
      .select<Row[]>(
        'c.*',
        'p.code',
        'v.number',
        'a.display_name as asked_name',
        'd.display_name as approved_name',
        'e.display_name as ended_name',
      );

  const ended = new Map<string, readonly OutcomeCount[]>();

  async function view(connection: Database, row: Row): Promise<ChangeView> {
    const counts =
      ended.get(row.id) ??
      (await connection('programme_change_booking')
        .where({ change_id: row.id })
        .groupBy('outcome', 'reason')
        .select<OutcomeCount[]>('outcome', 'reason', connection.raw('count(*)::int AS count')));
    // Every transaction that held the row when it ended has committed: its report does not change any more.
    if (row.ended_at !== null && connection === database) ended.set(row.id, counts);
    const sum = (outcome: string) =>
      counts.filter((item) => item.outcome === outcome).reduce((total, item) => total + item.count, 0);
    return {
      id: row.id,
      programmeCode: row.code,
      number: row.number,
      state: row.state,
      askedBy: { id: row.asked_by, name: row.asked_name },
      askedAt: row.asked_at,
      approvedBy: row.approved_name,
      approvedAt: row.approved_at,
      endedBy: row.ended_name,
      endedAt: row.ended_at,
      expected: row.expected,
      moved: sum('moved'),
      failed: sum('failed'),
      stayed: new Map(
        counts.filter((item) => item.outcome === 'stayed').map((item) => [item.reason ?? '', item.count]),
      ),
    };
  }

  async function published(code: string): Promise<ProgrammeVersion | undefined> {
    return (await programmes.allPublished()).find((version) => version.programmeCode === code);
  }

  async function countOlder(connection: Database, programmeId: string, versionId: string): Promise<number> {
    const { rows } = await connection.raw<{ rows: { count: number }[] }>(
      `SELECT count(*)::int AS count ${olderIn('listed_booking')}`,
      {
        programme: programmeId,
        version: versionId,
      } as never,
    );
    return rows[0]?.count ?? 0;
  }

  /** One step of a change: looked at under a lock, recorded with the change or with the refusal. */
  async function step(
    actor: AuditActor,
    code: string,
    id: string,
    action: string,
    work: (row: Row, trx: Knex.Transaction) => Promise<StaffRefusal | undefined>,
  ): Promise<ChangeOutcome> {
    await catchUp(database);
    return database.transaction(async (trx) => {
      await trx('programme_change').where({ id }).forUpdate().select('id');
      const [row] = await select(trx).where({ 'c.id': id, 'p.code': code });
      if (!row) return refuseStaff('change_unknown');
      const refusal = await work(row, trx);
      const [after] = await select(trx).where('c.id', id);
      await audit.append(trx, actor, {
        action,
        subject: { kind: 'programme', id: row.programme_id },
        result: refusal?.staffCode ?? 'done',
        detail: { number: row.number, bookings: after?.expected ?? 0 },
      });
      return refusal ?? { ok: true, change: await view(trx, after ?? row) };
    });
  }

  return {
    /** Undefined when nothing is published. Reads every booking to come of older versions; nothing that is sealed is opened. */
    async preview(code: string): Promise<ChangePreview | undefined> {
      const to = await published(code);
      if (!to) return undefined;
      const dates = needsBirthDate(to.document) ? await birthDates.all() : new Map<string, string>();
      const kindOf = createKinds(
        (person) =>
          groupsOf(to.document, person)
            .map((group) => group.code)
            .join(),
        dates,
      );
      const changedAt = new Date().toISOString();
      const reasons = new Map<string, StayReason | undefined>();
      const known = new Map<string, readonly NoticeChange[]>();
      const versions = new Map<string, { number: number; bookings: number; held: number }>();
      const stays = new Map<StayReason, number>();
      const notices = new Map<string, NoticeChange & { bookings: number }>();
      let bookings = 0;
      let willMove = 0;
      for (let at: SlotCursor | undefined = firstSlot; at;) {
        const page: Awaited<ReturnType<typeof bookingsToCome>> = await bookingsToCome(database, to.programmeId, at);
        for (const row of page.rows) {
          if (row.programme_version_id === to.id) continue;
          const from = await programmes.version(row.programme_version_id);
          const version = remembered(versions, from.id, () => ({ number: from.number, bookings: 0, held: 0 }));
          if (row.state === 'held') {
            version.held += 1;
            continue;
          }
          version.bookings += 1;
          bookings += 1;
          const reason = remembered(reasons, `${from.id} ${kindOf(row)}`, () =>
            reasonToStay(from.document, to.document, bookingToComeOf(row, dates)),
          );
          if (reason !== undefined) {
            stays.set(reason, (stays.get(reason) ?? 0) + 1);
            continue;
          }
          willMove += 1;
          for (const change of noticesOf(known, from, to, row, changedAt))
            remembered(notices, `${change.step} ${change.kind}`, () => ({ ...change, bookings: 0 })).bookings += 1;
        }
        at = page.next;
      }
      return {
        number: to.number,
        versions: [...versions.values()].sort((a, b) => b.number - a.number),
        bookings,
        willMove,
        stays,
        notices: [...notices.values()].sort((a, b) => b.bookings - a.bookings),
      };
    },

    /** The newest first. */
    async list(code: string): Promise<ChangeView[]> {
      const rows = await select(database)
        .where('p.code', code)
        .orderBy([
          { column: 'c.asked_at', order: 'desc' },
          { column: 'c.id', order: 'desc' },
        ])
        .limit(listed);
      return Promise.all(rows.map((row) => view(database, row)));
    },

    /** Asks to bring the published version to the running bookings; `number`: the one that was seen. */
    async ask(actor: AuditActor, staffId: string, code: string, number: number): Promise<ChangeOutcome> {
      await catchUp(database);
      return database.transaction(async (trx) => {
        const programme = await trx('programme').where({ code }).forUpdate().first<{ id: string } | undefined>('id');
        if (!programme) return refuseStaff('programme_unknown');
        const version = await trx('programme_version')
          .where({ programme_id: programme.id, status: 'published' })
          .first<{ id: string; number: number } | undefined>('id', 'number');
        if (version?.number !== number) return refuseStaff('changed_meanwhile', { number: version?.number ?? 0 });
        if (
          await trx('programme_change')
            .where({ programme_id: programme.id })
            .whereIn('state', ['waiting', 'running'])
            .first<{ id: string } | undefined>('id')
        )
          return refuseStaff('change_exists');
        if ((await countOlder(trx, programme.id, version.id)) === 0) return refuseStaff('change_nothing');
        const id = await askIn(trx, programme.id, version.id, staffId);
        await audit.append(trx, actor, {
          action: 'change.ask',
          subject: { kind: 'programme', id: programme.id },
          result: 'done',
          detail: { number },
        });
        const [row] = await select(trx).where('c.id', id);
        return row ? { ok: true, change: await view(trx, row) } : refuseStaff('change_unknown');
      });
    },

    /** Another person says yes: from now on it runs. `number`: the version that was seen; published meanwhile, another one would count. */
    approve(actor: AuditActor, staffId: string, code: string, id: string, number: number): Promise<ChangeOutcome> {
      return step(actor, code, id, 'change.approve', async (row, trx) => {
        if (row.asked_by === staffId) return refuseStaff('change_own');
        if (row.state !== 'waiting') return refuseStaff('change_over');
        const current = await trx('programme_version')
          .where({ programme_id: row.programme_id, status: 'published' })
          .forShare()
          .first<{ id: string; number: number } | undefined>('id', 'number');
        if (current?.id !== row.programme_version_id || current.number !== number)
          return refuseStaff('changed_meanwhile', { number: current?.number ?? 0 });
        await trx('programme_change')
          .where({ id })
          .update({
            state: 'running',
            approved_by: staffId,
            approved_at: trx.fn.now(),
            expected: await countOlder(trx, row.programme_id, row.programme_version_id),
          });
        return undefined;
      });
    },

    /** Ends a change that waits or runs. What was brought under the new version stays there. */
    stop(actor: AuditActor, staffId: string, code: string, id: string): Promise<ChangeOutcome> {
      return step(actor, code, id, 'change.stop', async (row, trx) => {
        if (row.state !== 'waiting' && row.state !== 'running') return refuseStaff('change_over');
        await trx('programme_change')
          .where({ id })
          .update({
            state: row.state === 'waiting' ? 'rejected' : 'stopped',
            ended_by: staffId,
            ended_at: trx.fn.now(),
          });
        return undefined;
      });
    },

    /** Changes that run, whether or not something drives them. */
    async running(): Promise<string[]> {
      return (await database('programme_change').where({ state: 'running' }).select<{ id: string }[]>('id')).map(
        (row) => row.id,
      );
    },

    async state(id: string): Promise<ChangeState | undefined> {
      return (await database('programme_change').where({ id }).first<{ state: ChangeState } | undefined>('state'))
        ?.state;
    },

    /** Bookings of older versions that this change has not dealt with, in order of id. */
    async next(id: string, after: string | undefined, limit: number): Promise<string[]> {
      const change = await database('programme_change')
        .where({ id })
        .first<{ programme_id: string; programme_version_id: string } | undefined>(
          'programme_id',
          'programme_version_id',
        );
      if (!change) return [];
      const { rows } = await database.raw<{ rows: { id: string }[] }>(
        `SELECT b.id ${olderIn('booking')} AND b.id > :after AND NOT EXISTS (SELECT 1 FROM programme_change_booking d WHERE d.change_id = :change AND d.booking_id = b.id) ORDER BY b.id LIMIT :limit`,
        {
          programme: change.programme_id,
          version: change.programme_version_id,
          after: after ?? '00000000-0000-0000-0000-000000000000',
          change: id,
          limit,
        } as never,
      );
      return rows.map((row) => row.id);
    },

    /** Until when a person may still confirm a hold of an older version; undefined: there is none. */
    async lastHoldOfOlder(id: string): Promise<Date | undefined> {
      const { rows } = await database.raw<{ rows: { at: Date | null }[] }>(
        `SELECT max(b.hold_expires_at) AS at FROM programme_change c JOIN booking b ON b.programme_id = c.programme_id AND b.is_held AND b.programme_version_id <> c.programme_version_id AND b.hold_expires_at > now() WHERE c.id = ?`,
        [id],
      );
      return rows[0]?.at ?? undefined;
    },

    /** A booking that could not be dealt with, and why as a short code. */
    async noteFailed(id: string, bookingId: string, reason: string): Promise<void> {
      await database('programme_change_booking')
        .insert({ change_id: id, booking_id: bookingId, outcome: 'failed', reason })
        .onConflict(['change_id', 'booking_id'])
        .ignore();
    },

    /** All has been dealt with; one that ended otherwise meanwhile stays as it is. Gives the state it is in. */
    async finish(id: string): Promise<ChangeState | undefined> {
      await database('programme_change')
        .where({ id, state: 'running' })
        .update({ state: 'done', ended_at: database.fn.now() });
      return this.state(id);
    },
  };
}

/** The part of asking that is done in the transaction of publishing too. */
export async function askIn(
  trx: Knex.Transaction,
  programmeId: string,
  versionId: string,
  staffId: string,
): Promise<string> {
  const id = uuidv7();
  await trx('programme_change').insert({
    id,
    programme_id: programmeId,
    programme_version_id: versionId,
    asked_by: staffId,
  });
  return id;
}

/** Bookings of the same version, dose, place and time that were made within the same hour get the same notices. */
function noticesOf(
  known: Map<string, readonly NoticeChange[]>,
  from: ProgrammeVersion,
  to: ProgrammeVersion,
  row: BookingToComeRow,
  changedAt: string,
): readonly NoticeChange[] {
  const slotStartsAt = row.starts_at.toISOString();
  const madeAt = new Date(Math.floor(row.created_at.getTime() / 3_600_000) * 3_600_000).toISOString();
  return remembered(
    known,
    `${from.id} ${String(row.dose)} ${row.venue_code} ${row.channel} ${slotStartsAt} ${madeAt}`,
    () => {
      const booking = { venueCode: row.venue_code, channel: row.channel, slotStartsAt };
      const [before, after] = [from, to].map(({ document }) => planJourney(document, row.dose, booking)) as [
        ReturnType<typeof planJourney>,
        ReturnType<typeof planJourney>,
      ];
      return noticeChanges(before, after, {
        confirmation: { type: 'confirmed', at: madeAt, facts: {} as BookingEvent['facts'] },
        slotStartsAt,
        changedAt,
      });
    },
  );
}
