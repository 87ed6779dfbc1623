import type { IncomingMessage } from 'node:http';

import { z } from 'zod';

import type { Audit } from '../../../database/audit';
import type { ImportSettingsRepository } from '../../../database/imports';
import type { Programmes, ProgrammeVersion } from '../../../database/programmes';
import { explainBirthDateFault } from '../../../domain/calendar/birth-date';
import { cityDate } from '../../../domain/calendar/city-time';
import { formatBothCalendars } from '../../../domain/calendar/era';
import { applyMappingToFile, columnOfHeader } from '../../../domain/imports/columns';
import { readFileDate } from '../../../domain/imports/date-rule';
import { explainFileRefusal, type FileRefusal } from '../../../domain/imports/file-refusal';
import { type FileColumn, fileColumns, type FileMapping } from '../../../domain/imports/format';
import { personStatusOf } from '../../../domain/imports/person-status';
import { checkRow, isBlankRow } from '../../../domain/imports/row';
import { explainRowError } from '../../../domain/imports/row-error';
import { groupForImport } from '../../../domain/programmes/eligibility';
import { refuseStaff, type StaffRefusal } from '../../../domain/staff/refusals';
import { defined } from '../../../domain/text/defined';
import type { FileBeginning, ImportRequests } from '../../../engine/requests/import-requests';
import { Refused } from '../../shared/refused';
import { type StaffRoute, staffRoute } from '../frame/define-route';
import { byId, uuid } from '../frame/shapes';
import { mappingOf, mappingShape } from './import-shapes';

const writers = ['city_admin'] as const;
/** Uploads at a time: each holds a connection of the staff's pool until it has ended, and the other routes of staff need the others. */
const uploadsAtOnce = 2;
/** A person's line may be slow; one that says nothing at all for so long is dead, ms. */
const silenceMs = 30_000;

const faultShape = z.object({ column: z.enum(fileColumns).nullable(), sentence: z.string() });
const fileShape = z
  .object({
    id: uuid,
    name: z.string(),
    sizeBytes: z.int(),
    lineCount: z.int(),
    encoding: z.enum(['utf-8', 'shift_jis']),
    /** By position, from 1. */
    columns: z.array(z.object({ position: z.int(), header: z.string().nullable(), samples: z.array(z.string()) })),
    firstRows: z.array(z.object({ line: z.int(), cells: z.array(z.string()) })),
    guess: z.object({
      columns: z.partialRecord(z.enum(fileColumns), z.int()),
      mapping: z.union([mappingShape, z.null()]),
      from: z.enum(['saved', 'header', 'content', 'none']),
    }),
    groups: z.array(z.object({ code: z.string(), label: z.string() })),
    /** What rows without a group become without further words. */
    defaultGroup: z.string().nullable(),
  })
  .meta({ id: 'ImportFile' });
const readingShape = z
  .object({
    refusal: z.string().nullable(),
    rows: z.array(
      z.object({
        line: z.int(),
        number: z.string(),
        birthDate: z.string(),
        group: z.string(),
        kana: z.string(),
        /** 転出 or 死亡, as the file says. */
        standing: z.string(),
        faults: z.array(faultShape),
      }),
    ),
    good: z.int(),
    bad: z.int(),
  })
  .meta({ id: 'ImportReading' });

export interface ImportFileRouteDependencies {
  readonly imports: ImportRequests;
  readonly importSettings: Pick<ImportSettingsRepository, 'get'>;
  readonly programmes: Pick<Programmes, 'current'>;
  readonly audit: Pick<Audit, 'record'>;
}

/** Uploading a city's file, and saying where its columns are. */
export function importFileRoutes({
  imports,
  importSettings,
  programmes,
  audit,
}: ImportFileRouteDependencies): StaffRoute[] {
  let uploading = 0;

  async function fileAnswer(file: FileBeginning): Promise<z.input<typeof fileShape>> {
    const version = await programmes.current(file.programmeCode);
    const { mapping: saved } = await importSettings.get(version.programmeId);
    const cells = file.records.map((record) => record.cells);
    const needsGroup = groupForImport(version.document, '') === undefined;
    const reused = saved === null ? undefined : adapted(cells, saved, needsGroup, file.guess.columns);
    const { header, columns, mapping } = file.guess;
    const headerAt = header === undefined ? -1 : cells.indexOf(header);
    const rows = file.records.slice(headerAt + 1).filter((record) => !isBlankRow(record.cells));
    const width = Math.max(...cells.map((row) => row.length));
    const from =
      reused !== undefined
        ? 'saved'
        : mapping === undefined && Object.keys(columns).length === 0
          ? 'none'
          : header !== undefined && header.some((cell) => columnOfHeader(cell) !== undefined)
            ? 'header'
            : 'content';
    return {
      id: file.fileId,
      name: file.name,
      sizeBytes: file.sizeBytes,
      lineCount: file.lineCount,
      encoding: file.encoding,
      columns: Array.from({ length: width }, (_, index) => ({
        position: index + 1,
        header: header?.[index] ?? null,
        samples: [...new Set(rows.map((row) => (row.cells[index] ?? '').trim()).filter((text) => text !== ''))].slice(
          0,
          3,
        ),
      })),
      firstRows: rows
        .slice(0, 8)
        .map(({ line, cells: shown }) => ({ line, cells: shown.map((cell) => cell.slice(0, 100)) })),
      guess: { columns: reused?.columns ?? columns, mapping: reused ?? mapping ?? null, from },
      groups: version.document.groups.map(({ code, label }) => ({ code, label })),
      defaultGroup: groupForImport(version.document, '')?.code ?? null,
    };
  }

  return [
    staffRoute({
      method: 'post',
      path: '/imports/files',
      summary:
        'Upload a city’s file: its bytes as they are, its name in X-File-Name (percent-encoded). A refused file is not kept',
      roles: writers,
      streamed: 'application/octet-stream',
      status: 201,
      answer: fileShape,
      query: z.object({ programme: z.string().max(40).optional() }),
      async handle({ ctx, query, actor, staff }) {
        if (ctx.get('Content-Type').split(';', 1)[0]?.trim() !== 'application/octet-stream')
          throw new Refused('unsupported_media_type', closing);
        if (uploading >= uploadsAtOnce) throw new Refused('try_again', closing);
        uploading += 1;
        const onSilence = () => {
          ctx.req.destroy();
        };
        try {
          ctx.req.socket.setTimeout(silenceMs, onSilence);
          const uploaded = await imports.upload({
            name: nameOf(ctx.get('X-File-Name')),
            content: bytesOf(ctx.req),
            programmeCode: query.programme,
            by: staff.staffId,
          });
          const beginning = uploaded.ok ? await imports.beginning(uploaded.fileId) : uploaded;
          if (uploaded.ok && beginning?.ok !== true) await imports.forget(uploaded.fileId);
          if (beginning === undefined) return refuseStaff('import_file_unknown');
          await audit.record(actor, {
            action: 'import.upload',
            result: beginning.ok ? 'done' : beginning.refusal.code,
          });
          if (beginning.ok) return { answer: await fileAnswer(beginning.beginning) };
          // What is left of it is read and thrown away: a browser that is cut off while it sends would not see the answer.
          ctx.req.resume();
          return fileRefused(beginning.refusal);
        } finally {
          uploading -= 1;
          ctx.req.socket.setTimeout(0, onSilence);
        }
      },
    }),
    staffRoute({
      method: 'get',
      path: '/imports/files/:id',
      summary: 'An uploaded file: encoding, columns, first rows, and what the columns seem to be',
      roles: writers,
      params: byId,
      answer: fileShape,
      async handle({ params, actor }) {
        const found = await imports.beginning(params.id);
        if (found === undefined) return refuseStaff('import_file_unknown');
        if (!found.ok) return fileRefused(found.refusal);
        await audit.record(actor, { action: 'import.preview', result: 'done' });
        return { answer: await fileAnswer(found.beginning) };
      },
    }),
    staffRoute({
      method: 'post',
      path: '/imports/files/:id/reading',
      summary: 'How the first rows of an uploaded file would be read with these columns',
      roles: writers,
      params: byId,
      body: mappingShape,
      answer: readingShape,
      async handle({ params, body, actor }) {
        const found = await imports.beginning(params.id);
        if (found === undefined) return refuseStaff('import_file_unknown');
        if (!found.ok) return fileRefused(found.refusal);
        await audit.record(actor, { action: 'import.preview', result: 'done' });
        return {
          answer: reading(found.beginning, mappingOf(body), await programmes.current(found.beginning.programmeCode)),
        };
      },
    }),
    staffRoute({
      method: 'delete',
      path: '/imports/files/:id',
      summary: 'Forget an upload that is not imported',
      roles: writers,
      params: byId,
      async handle({ params, actor }) {
        await imports.forget(params.id);
        await audit.record(actor, { action: 'import.forget', result: 'done' });
        return { answer: undefined };
      },
    }),
  ];
}

const closing = { Connection: 'close' };

/** What is wrong with a file is beside the field that it was chosen in. */
export function fileRefused(refusal: FileRefusal): StaffRefusal {
  return {
    ...refuseStaff('import_file_refused', { reason: refusal.code }),
    faults: [{ field: 'file', code: refusal.code, sentence: explainFileRefusal(refusal) }],
  };
}

/** A body as it comes. Who stops reading does not hang up. */
function bytesOf(req: IncomingMessage): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => req.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array> };
}

function nameOf(header: string): string {
  try {
    const name = decodeURIComponent(header)
      .replace(/[\u0000-\u001F\u007F/\\]/g, '')
      .trim()
      .slice(0, 200);
    return name === '' ? 'ファイル' : name;
  } catch {
    return 'ファイル';
  }
}

/**
 * The saved mapping where it fits this file, with the positions that its headers have here. Who moved out or died, and
 * who has a new number, is read even where earlier files did not say so: nobody is to be invited who is gone.
 */
function adapted(
  records: readonly (readonly string[])[],
  saved: FileMapping,
  needsGroup: boolean,
  guessed: FileBeginning['guess']['columns'],
): FileMapping | undefined {
  const found = applyMappingToFile(records, saved, needsGroup && saved.defaultGroup === undefined);
  if (!found.ok) return undefined;
  const added = (['standing', 'previous'] as const).flatMap((column) => {
    const position = guessed[column];
    return position === undefined || found.columns[column] !== undefined ? [] : [[column, position] as const];
  });
  const names = added.flatMap(([column, position]) => {
    const header = records[found.leadingRecords - 1]?.[position - 1]?.trim() ?? '';
    return header === '' ? [] : [[column, header] as const];
  });
  return {
    ...saved,
    columns: { ...found.columns, ...Object.fromEntries(added) },
    ...(saved.headers === undefined ? {} : { headers: { ...saved.headers, ...Object.fromEntries(names) } }),
  };
}

function reading(
  file: FileBeginning,
  mapping: FileMapping,
  { document }: ProgrammeVersion,
): z.input<typeof readingShape> {
  const needsGroup = mapping.defaultGroup === undefined && groupForImport(document, '') === undefined;
  const header = applyMappingToFile(
    file.records.map((record) => record.cells),
    mapping,
    needsGroup,
  );
  if (!header.ok) return { refusal: explainFileRefusal(header.refusal), rows: [], good: 0, bad: 0 };
  const { columns, width, leadingRecords } = header;
  const today = cityDate(new Date());
  const { digits } = document.identification.couponNumber;
  const groupOf = (text: string) =>
    text.trim() === '' && mapping.defaultGroup !== undefined
      ? mapping.defaultGroup
      : groupForImport(document, text)?.code;
  const rules = {
    format: {
      encoding: file.encoding,
      columns,
      width,
      leadingRecords,
      ...defined({ dates: mapping.dates }),
    },
    couponNumber: document.identification.couponNumber,
    groupOf,
    today,
  };
  const rows = file.records
    .slice(leadingRecords)
    .filter((record) => !isBlankRow(record.cells))
    .map(({ line, cells }) => {
      const at = (column: FileColumn): string =>
        columns[column] === undefined ? '' : (cells[columns[column] - 1] ?? '').slice(0, 100);
      const checked = checkRow(cells, rules);
      const birth = readFileDate(at('birth').replace(/^'|^="|"$/g, ''), mapping.dates, today);
      const group = groupOf(at('group'));
      const personStatus = personStatusOf(at('standing'));
      return {
        line,
        number: at('number'),
        birthDate: birth.ok ? formatBothCalendars(birth.value) : at('birth'),
        kana: at('kana'),
        group: document.groups.find((item) => item.code === group)?.label ?? at('group'),
        standing: personStatus === undefined ? '' : personStatus === 'died' ? '死亡' : '転出',
        faults:
          checked.ok || checked.isGone
            ? []
            : checked.errors.map(({ code, column }) => ({
                column: column ?? null,
                sentence:
                  column === 'birth' && !birth.ok ? explainBirthDateFault(birth.fault) : explainRowError(code, digits),
              })),
      };
    });
  const bad = rows.filter((row) => row.faults.length > 0).length;
  return { refusal: null, rows, good: rows.length - bad, bad };
}
