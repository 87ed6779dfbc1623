import { z } from 'zod';

import type { ProgrammeDrafts } from '../../../database/programmes';
import { type VenueRecords, venueView } from '../../../database/schedule';
import type { SiteSettingsReader } from '../../../database/site';
import { otherLanguages } from '../../../domain/programmes/document';
import { previewPages } from '../../../domain/programmes/editing/preview';
import { refuseStaff } from '../../../domain/staff/refusals';
import type { PagePreview } from '../../shared/page-preview';
import { type StaffRoute, staffRoute } from '../frame/define-route';
import { byCode, programmeReaders } from './programme-routes';

export interface ProgrammePreviewDependencies {
  readonly drafts: Pick<ProgrammeDrafts, 'lastValid'>;
  readonly venues: Pick<VenueRecords, 'list'>;
  readonly site: SiteSettingsReader;
  readonly pagePreview: PagePreview;
}

/**
 * For a page that can do nothing: no script, no form, no window, nothing from elsewhere, and only in a frame of ours. The frame
 * may be looked into (`allow-same-origin`), because the editor keeps the place to which a person has scrolled.
 */
const policy =
  "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; object-src 'none'; frame-ancestors 'self'; sandbox allow-same-origin";

/** The citizens' pages of what is being edited, for the frame beside the form. */
export function programmePreviewRoutes({
  drafts,
  venues,
  site,
  pagePreview,
}: ProgrammePreviewDependencies): StaffRoute[] {
  return [
    staffRoute({
      method: 'get',
      path: '/programmes/:code/preview',
      roles: programmeReaders,
      params: byCode,
      media: 'text/html; charset=utf-8',
      answer: z.string(),
      summary:
        'A page of the citizen site as the draft makes it (where the draft has faults: as it was before), shown to an invented person; HTML for a frame, in which nothing can be done',
      query: z.object({
        page: z.enum(previewPages).default('front'),
        language: z.enum(['ja', ...otherLanguages]).default('ja'),
        group: z.string().max(40).default(''),
        dose: z
          .string()
          .regex(/^[1-9]$/)
          .transform(Number)
          .default(1),
        /** Of the draft, so that a browser asks again when it has changed. */
        version: z.string().max(10).optional(),
      }),
      async handle({ params, query, ctx }) {
        const [document, all, settings] = await Promise.all([
          drafts.lastValid(params.code),
          venues.list(),
          site.current(),
        ]);
        if (!document) return refuseStaff('programme_unknown');
        ctx.set('Content-Security-Policy', policy);
        ctx.set('X-Frame-Options', 'SAMEORIGIN');
        const { page, language, group, dose } = query;
        return {
          answer: await pagePreview.render({
            document,
            page,
            language,
            groupCode: group,
            dose,
            venues: all.filter((venue) => venue.active).map(venueView),
            site: settings,
          }),
        };
      },
    }),
  ];
}
