import { z } from 'zod';

import type { VenueOutcome, VenueRecord, VenueRecords, VenueSheetRow } from '../../../database/schedule';
import { venueCode, venueFields } from '../../../domain/schedule/venue-fields';
import { findVenueColumns, readVenueRow, venueSheetHeader, venueSheetRow } from '../../../domain/schedule/venue-sheet';
import { refuseStaff } from '../../../domain/staff/refusals';
import { csvAnswer, csvFile } from '../frame/csv-answer';
import { type Outcome, type StaffRoute, staffRoute } from '../frame/define-route';
import { readSheet, sheetBodyLimitBytes, sheetContent } from '../frame/read-sheet';
import { byId, sheetFault, uuid, versionQuery } from '../frame/shapes';

const readers = ['city_admin', 'supervisor', 'auditor'] as const;
const writers = ['city_admin'] as const;

const venueRecord = venueFields
  .extend({ id: uuid, code: z.string(), version: z.int(), upcoming: z.int() })
  .meta({ id: 'VenueRecord' });

const importPlan = z
  .object({
    lines: z.array(
      z.object({
        line: z.int(),
        code: z.string(),
        name: z.string(),
        kind: z.enum(['new', 'changed', 'unchanged', 'wrong']),
        changes: z.array(z.object({ field: z.string(), before: z.string(), after: z.string() })),
        faults: z.array(sheetFault),
      }),
    ),
    fingerprint: z.string(),
  })
  .meta({ id: 'VenueImportPlan' });
const sheet = z.object({ content: sheetContent });

/** The city's venues, those that are off too. */
export function venueRoutes({ venues }: { venues: VenueRecords }): StaffRoute[] {
  return [
    staffRoute({
      method: 'get',
      path: '/city/venues',
      summary: 'All venues, with the number of bookings to come',
      roles: readers,
      answer: z.object({ venues: z.array(venueRecord) }),
      handle: async () => ({ answer: { venues: (await venues.list()).map(venueJson) } }),
    }),
    staffRoute({
      method: 'get',
      path: '/city/venues/sheet',
      summary: 'All venues as a CSV file that can be loaded again',
      roles: readers,
      ...csvFile,
      handle: async ({ ctx }) => csvAnswer(ctx, 'venues', venueSheetHeader, (await venues.list()).map(venueSheetRow)),
    }),
    staffRoute({
      method: 'get',
      path: '/city/venues/:id',
      summary: 'One venue',
      roles: readers,
      params: byId,
      answer: venueRecord,
      async handle({ params }) {
        const venue = await venues.find(params.id);
        return venue ? { answer: venueJson(venue) } : refuseStaff('venue_unknown');
      },
    }),
    staffRoute({
      method: 'post',
      path: '/city/venues',
      summary: 'Add a venue',
      roles: writers,
      status: 201,
      answer: venueRecord,
      body: venueFields.extend({
        code: venueCode,
        access: venueFields.shape.access.default(''),
        features: venueFields.shape.features.default([]),
        mapUrl: venueFields.shape.mapUrl.default(null),
        capacityNotes: venueFields.shape.capacityNotes.default(''),
        citizenNotes: venueFields.shape.citizenNotes.default(''),
        active: z.boolean().default(true),
        position: venueFields.shape.position.default(0),
      }),
      handle: async ({ body: { code, ...input }, actor }) => venueOutcome(await venues.add(actor, code, input)),
    }),
    staffRoute({
      method: 'patch',
      path: '/city/venues/:id',
      summary:
        'Change a venue; 412 with the state in force when another person changed it since `version`, 409 when one with bookings to come is switched off',
      roles: writers,
      params: byId,
      body: venueFields.partial().extend({ version: z.int().min(1) }),
      answer: venueRecord,
      handle: async ({ params, body: { version, ...input }, actor }) =>
        venueOutcome(await venues.update(actor, params.id, version, input)),
    }),
    staffRoute({
      method: 'delete',
      path: '/city/venues/:id',
      summary: 'Take a venue away that nothing refers to; 409 says where it is used',
      roles: writers,
      params: byId,
      query: versionQuery,
      async handle({ params, query, actor }) {
        const result = await venues.remove(actor, params.id, query.version);
        return result.ok ? { answer: undefined } : result;
      },
    }),
    staffRoute({
      method: 'post',
      path: '/city/venues/sheet/preview',
      summary: 'What loading a CSV file of venues would do, line by line; changes nothing',
      roles: writers,
      bodyLimitBytes: sheetBodyLimitBytes,
      body: sheet,
      answer: importPlan,
      async handle({ body }) {
        const rows = readRows(body.content);
        return rows.ok ? { answer: planJson(await venues.previewImport(rows.rows)) } : refusedSheet(rows.sentence);
      },
    }),
    staffRoute({
      method: 'post',
      path: '/city/venues/sheet',
      summary: 'Load a CSV file of venues as previewed under `fingerprint`; all rows or none',
      roles: writers,
      bodyLimitBytes: sheetBodyLimitBytes,
      body: sheet.extend({ fingerprint: z.string().max(100) }),
      answer: importPlan,
      async handle({ body, actor }) {
        const rows = readRows(body.content);
        if (!rows.ok) return refusedSheet(rows.sentence);
        const result = await venues.applyImport(actor, rows.rows, body.fingerprint);
        return result.ok ? { answer: planJson(result.plan) } : result;
      },
    }),
  ];
}

/** Beside the control that the file was chosen with. */
function refusedSheet(sentence: string): Outcome<never> {
  return { ok: false, malformed: [{ field: 'content', code: 'sheet_refused', sentence }] };
}

function readRows(
  content: string,
): { readonly ok: true; readonly rows: VenueSheetRow[] } | { readonly ok: false; readonly sentence: string } {
  const read = readSheet(content);
  if (!read.ok) return read;
  const found = findVenueColumns(read.header.cells);
  if (!found.ok) return found;
  const codeAt = found.columns.get('code') ?? 0;
  return {
    ok: true,
    rows: read.rows.map(({ line, cells }) => {
      const row = readVenueRow(cells, found.columns);
      return row.ok
        ? { line, ok: true, row: row.row }
        : { line, ok: false, code: (cells[codeAt] ?? '').trim().slice(0, 40), faults: row.faults };
    }),
  };
}

function venueOutcome(result: VenueOutcome): Outcome<z.input<typeof venueRecord>> {
  return result.ok ? { answer: venueJson(result.venue) } : result;
}

function venueJson({ features, ...venue }: VenueRecord): z.input<typeof venueRecord> {
  return { ...venue, features: [...features] };
}

function planJson(plan: {
  readonly lines: readonly unknown[];
  readonly fingerprint: string;
}): z.input<typeof importPlan> {
  return plan as z.input<typeof importPlan>;
}
