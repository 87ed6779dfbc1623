import { ApplicationFailure } from '@temporalio/activity';

import type { Audit } from '../../database/audit';
import type { BookingRepository } from '../../database/bookings';
import type { AssignmentRun, ImportServices, NewAssignmentRow } from '../../database/imports';
import type { Programmes } from '../../database/programmes';
import type { ResidentRepository } from '../../database/residents';
import type { SlotRepository } from '../../database/schedule';
import { cityDate } from '../../domain/calendar/city-time';
import type { AssignmentOutcome } from '../../domain/imports/assignment-workflow';
import { findAssignmentHeader } from '../../domain/imports/assignments/columns';
import {
  type AssignmentRowRules,
  cellsOf,
  knownAnswers,
  readAssignmentRow,
  venueFinder,
} from '../../domain/imports/assignments/row';
import { explainFileRefusal } from '../../domain/imports/file-refusal';
import { isBlankRow } from '../../domain/imports/row';
import type { ProgrammeDocument } from '../../domain/programmes/document';
import { type FileRecord, firstRecords, readRecords, refusingOpenQuote } from './import-records';
import { steadyHeartbeat, turn } from './steady-heartbeat';

/** Rows that are stored together. */
const storedAtOnce = 200;
/** People looked at between two statements. */
const peopleAtOnce = 100;
const bookedAtOnce = 50;

/** The worker as the audit names it. The run says who approved. */
const machine = { kind: 'machine', id: null, origin: 'assignment', requestId: null } as const;

interface Refused {
  readonly code: string;
  readonly sentence: string;
}

export interface AssignmentActivityDependencies extends Pick<
  ImportServices,
  'importFiles' | 'importSettings' | 'assignments'
> {
  readonly programmes: Programmes;
  readonly bookings: BookingRepository;
  readonly residents: ResidentRepository;
  readonly slots: SlotRepository;
  readonly audit: Audit;
}

export type AssignmentActivities = ReturnType<typeof createAssignmentActivities>;

/** What becomes of a file of appointments that the city assigned. Arguments and results hold ids and counts only. */
export function createAssignmentActivities({
  importFiles: files,
  importSettings,
  assignments: runs,
  programmes,
  bookings,
  residents,
  slots,
  audit,
}: AssignmentActivityDependencies) {
  async function runOf(runId: string): Promise<AssignmentRun> {
    const run = await runs.find(runId);
    if (!run) throw ApplicationFailure.nonRetryable(`no assignment run ${runId}`, 'RunUnknown');
    return run;
  }

  async function documentOf(run: AssignmentRun): Promise<ProgrammeDocument> {
    const version = (await programmes.allPublished()).find((item) => item.programmeId === run.programmeId);
    if (!version) throw ApplicationFailure.nonRetryable('The programme is not published.', 'NoProgramme');
    return version.document;
  }

  /** Reads the file from where the last attempt was, and keeps its rows. Resolves with why the whole file cannot be used. */
  async function stage(run: AssignmentRun, document: ProgrammeDocument): Promise<Refused | undefined> {
    const file = await files.find(run.fileId);
    if (!file?.isThere || file.encoding === null)
      return { code: 'file_gone', sentence: 'ファイルはもう残っていません。もう一度選んでください。' };
    const { encoding } = file;
    const heartbeat = steadyHeartbeat();
    const read = await refusingOpenQuote(async (): Promise<Refused | undefined> => {
      const header = findAssignmentHeader(
        await firstRecords(files.read(run.fileId), encoding),
        document.doses.length > 1,
      );
      if (!header.ok) return header;
      const venues = venueFinder(await slots.venues(run.programmeId));
      const rules: AssignmentRowRules = {
        columns: header.columns,
        couponNumber: document.identification.couponNumber,
        doses: document.doses.map((dose) => dose.number),
        venueOf: venues,
        today: cityDate(new Date()),
      };
      const { maxRows } = await importSettings.get(run.programmeId);
      const look = rowReader(run, rules);
      let index = 0;
      let rows = 0;
      let batch: FileRecord[] = [];
      const store = async (): Promise<void> => {
        const found: NewAssignmentRow[] = [];
        for (const record of batch) found.push(await look(record));
        await runs.store(run.id, found, index);
        batch = [];
        heartbeat(index);
        await turn();
      };
      for await (const records of readRecords(files.read(run.fileId), encoding)) {
        for (const record of records) {
          const isData = index >= header.leadingRecords && !isBlankRow(record.cells);
          index += 1;
          if (!isData) continue;
          rows += 1;
          if (rows > maxRows)
            return { code: 'too_many_rows', sentence: explainFileRefusal({ code: 'too_many_rows', limit: maxRows }) };
          if (index > run.stagedRecords) batch.push(record);
          if (batch.length === storedAtOnce) await store();
        }
      }
      await store();
      return rows === 0 ? { code: 'no_rows', sentence: explainFileRefusal({ code: 'no_rows' }) } : undefined;
    });
    return read.ok ? read.value : { code: read.refusal.code, sentence: explainFileRefusal(read.refusal) };
  }

  function rowReader(run: AssignmentRun, rules: AssignmentRowRules): (record: FileRecord) => Promise<NewAssignmentRow> {
    const known = new Map<string, string | undefined>();
    const slotOf = async (venueId: string, dose: number, startsAt: Date): Promise<string | undefined> => {
      const key = `${venueId} ${String(dose)} ${startsAt.toISOString()}`;
      if (!known.has(key)) known.set(key, await slots.idAt({ programmeId: run.programmeId, venueId, dose, startsAt }));
      return known.get(key);
    };
    return async ({ line, cells: all }) => {
      const cells = cellsOf(all, rules.columns);
      const read = readAssignmentRow(cells, rules);
      if (!read.ok) return { line, cells, fault: read.fault };
      const { number, venueId, dose, startsAt } = read.row;
      const resident = await residents.findByCoupon(run.programmeId, number);
      if (!resident) return { line, cells, dose, fault: 'number_unknown' };
      const slotId = await slotOf(venueId, dose, startsAt);
      return {
        line,
        cells,
        residentId: resident.id,
        dose,
        slotId,
        ...(slotId === undefined ? { fault: 'slot_unknown' } : {}),
      };
    };
  }

  return {
    /** Reads the file and says of each row whether it would be booked. Goes on where an earlier attempt was. */
    async checkAssignments(runId: string): Promise<AssignmentOutcome> {
      const run = await runOf(runId);
      if (run.status !== 'checking') return { done: run.rows.bookable, left: run.rows.refused };
      const document = await documentOf(run);
      const refusal = await stage(run, document);
      if (refusal) {
        await runs.end(runId, 'checking', 'refused', refusal);
        await files.discard(run.fileId);
        return { done: 0, left: 0 };
      }
      await runs.settleDuplicates(runId);
      const heartbeat = steadyHeartbeat();
      for (;;) {
        const people = await runs.nextPeople(runId, peopleAtOnce);
        if (people.length === 0) break;
        for (const seats of people) {
          const found = await bookings.rehearseAssignments(
            seats[0]?.residentId ?? '',
            seats.map(({ slotId, dose, cells }) => ({
              slotId,
              dose,
              channel: run.channel,
              answers: knownAnswers(document, cells),
            })),
          );
          await runs.mark(
            runId,
            'read',
            seats.map(({ line }, index) => {
              const result = found[index];
              return result
                ? { line, state: 'refused', code: result.code, detail: result.detail }
                : { line, state: 'bookable' };
            }),
          );
          heartbeat();
          await turn();
        }
      }
      await runs.refuseBeyondSeats(runId, run.channel);
      await runs.end(runId, 'checking', 'waiting');
      // Everything that is needed of the file is in its rows.
      await files.discard(run.fileId);
      const { rows } = await runOf(runId);
      return { done: rows.bookable, left: rows.refused };
    },

    /** Books what was approved, row by row, each in a transaction of its own that also marks the row: nobody is booked twice. */
    async bookAssignments(runId: string): Promise<AssignmentOutcome> {
      const run = await runOf(runId);
      if (run.status !== 'booking') return { done: run.rows.booked, left: run.rows.refused };
      const document = await documentOf(run);
      const heartbeat = steadyHeartbeat();
      for (;;) {
        const batch = await runs.nextToBook(runId, bookedAtOnce);
        if (batch.length === 0) break;
        for (const { line, residentId, slotId, dose, cells } of batch) {
          const result = await bookings.assign(
            { residentId, slotId, dose, channel: run.channel, answers: knownAnswers(document, cells) },
            (sql, booking) => runs.recordBooked(sql, runId, line, booking),
          );
          if (result.ok)
            await audit.record(machine, {
              action: 'assignment.book',
              subject: { kind: 'booking', id: result.booking.id },
              residentId,
              result: 'done',
              detail: { run: runId },
            });
          // A row that another attempt has booked meanwhile stays booked.
          else
            await runs.mark(runId, 'bookable', [{ line, state: 'refused', code: result.code, detail: result.detail }]);
          heartbeat(line);
          await turn();
        }
      }
      await runs.end(runId, 'booking', 'done');
      const { rows } = await runOf(runId);
      return { done: rows.booked, left: rows.refused };
    },

    /** Cancels the run's bookings that nobody has touched since. */
    async takeBackAssignments(runId: string): Promise<AssignmentOutcome> {
      const run = await runOf(runId);
      if (run.status !== 'taking_back') return { done: run.rows.taken_back, left: run.rows.kept };
      const heartbeat = steadyHeartbeat();
      for (;;) {
        const batch = await runs.nextToTakeBack(runId, bookedAtOnce);
        if (batch.length === 0) break;
        for (const { line, bookingId, version } of batch) {
          const result = await bookings.takeBackAssignment(bookingId, version);
          if (result.ok && !result.replayed) {
            await audit.record(machine, {
              action: 'assignment.take_back',
              subject: { kind: 'booking', id: bookingId },
              residentId: result.booking.residentId,
              result: 'done',
              detail: { run: runId },
            });
          }
          await runs.mark(runId, 'booked', [
            result.ok
              ? { line, state: 'taken_back' }
              : { line, state: 'kept', code: result.code, detail: result.detail },
          ]);
          heartbeat(line);
          await turn();
        }
      }
      await runs.end(runId, 'taking_back', 'taken_back');
      const { rows } = await runOf(runId);
      return { done: rows.taken_back, left: rows.kept };
    },

    /** A file that could not be looked at to its end: nothing of it is booked. */
    async giveUpAssignments(runId: string): Promise<void> {
      const run = await runOf(runId);
      await runs.end(runId, 'checking', 'failed');
      await files.discard(run.fileId);
    },
  };
}
