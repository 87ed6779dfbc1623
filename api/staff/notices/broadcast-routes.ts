import { z } from 'zod';

import { type LineBroadcasts, noticeStatuses } from '../../../database/notices';
import type { Programmes } from '../../../database/programmes';
import type { CountBroadcastSeats } from '../../../database/schedule';
import { cityDate } from '../../../domain/calendar/city-time';
import { nextBroadcastAt, writeBroadcast } from '../../../domain/notices/broadcast';
import { noticeReasonWords } from '../../../domain/notices/reason-words';
import { type StaffRoute, staffRoute } from '../frame/define-route';
import { deskRoles } from '../frame/desk-roles';
import { instant, plainDate, uuid } from '../frame/shapes';

const readers = [...deskRoles, 'auditor'] as const;
const shownDays = 60;

export interface BroadcastRouteDependencies {
  readonly lineBroadcasts: Pick<LineBroadcasts, 'recent'>;
  readonly broadcastSeats: CountBroadcastSeats;
  /** As the site says them: telephone and hours. */
  readonly programmes: Pick<Programmes, 'current'>;
  readonly publicUrl: string;
  /** Whether messages leave for LINE. */
  readonly hasLine: boolean;
}

/** The messages to all followers of the city's LINE account: what would be said now, and what was. Nothing in them is about a person. */
export function broadcastRoutes({
  lineBroadcasts,
  broadcastSeats,
  programmes,
  publicUrl,
  hasLine,
}: BroadcastRouteDependencies): StaffRoute[] {
  return [
    staffRoute({
      method: 'get',
      path: '/broadcasts',
      summary: `The broadcasts of the published programme with their words as they would be now, and the last ${String(shownDays)} that were due`,
      roles: readers,
      answer: z
        .object({
          /** False: messages land in the inbox of the demo, or nowhere. */
          hasLine: z.boolean(),
          planned: z.array(
            z.object({
              id: z.string(),
              label: z.string(),
              at: z.string(),
              /** Null: not within two weeks. */
              nextAt: instant.nullable(),
              preview: z.object({ text: z.string(), venues: z.int(), seats: z.int(), wouldLeave: z.boolean() }),
            }),
          ),
          past: z.array(
            z.object({
              id: uuid,
              label: z.string(),
              day: plainDate,
              status: z.enum(noticeStatuses),
              reason: z.string().nullable(),
              text: z.string().nullable(),
              venues: z.int(),
              seats: z.int(),
              attempts: z.int(),
              sentAt: instant.nullable(),
            }),
          ),
        })
        .meta({ id: 'Broadcasts' }),
      async handle() {
        const version = await programmes.current();
        const broadcasts = version.document.broadcasts ?? [];
        const now = new Date();
        const today = cityDate(now);
        const planned = await Promise.all(
          broadcasts.map(async (broadcast) => {
            const venues = await broadcastSeats(version, broadcast, today, now);
            const seats = venues.reduce((sum, venue) => sum + venue.seats, 0);
            return {
              id: broadcast.id,
              label: broadcast.label ?? broadcast.id,
              at: broadcast.at,
              nextAt: nextBroadcastAt(broadcast, now)?.toISOString() ?? null,
              preview: {
                text: writeBroadcast(version.document, broadcast, venues, today, publicUrl),
                venues: venues.length,
                seats,
                wouldLeave: seats > 0 || broadcast.evenWithoutSeats === true,
              },
            };
          }),
        );
        const past = (await lineBroadcasts.recent(version.programmeId, shownDays)).map((row) => ({
          id: row.id,
          label: broadcasts.find((broadcast) => broadcast.id === row.broadcast)?.label ?? row.broadcast,
          day: row.day,
          status: row.status,
          reason: row.reason === null ? null : noticeReasonWords(row.reason),
          text: row.body,
          venues: row.venues,
          seats: row.seats,
          attempts: row.attempts,
          sentAt: row.sentAt?.toISOString() ?? null,
        }));
        return { answer: { hasLine, planned, past } };
      },
    }),
  ];
}
