import { z } from 'zod';

import type { Programmes } from '../../../database/programmes';
import type { SiteSettingsReader } from '../../../database/site';
import { callScript, scriptMoments } from '../../../domain/residents/call-script';
import { type StaffRoute, staffRoute } from '../frame/define-route';
import { deskRoles } from '../frame/desk-roles';

/** What operators read out, moment by moment, and what to do when a coupon is lost or was issued again. */
export function callScriptRoutes({
  programmes,
  site,
}: {
  readonly programmes: Pick<Programmes, 'current'>;
  readonly site: SiteSettingsReader;
}): StaffRoute[] {
  return [
    staffRoute({
      method: 'get',
      path: '/call-script',
      summary: 'The call script and the guidance, in the words of the programme',
      roles: deskRoles,
      answer: z
        .object({
          cards: z.array(
            z
              .object({
                moment: z.enum(scriptMoments),
                title: z.string(),
                say: z.array(z.string()),
                hints: z.array(z.string()),
              })
              .meta({ id: 'ScriptCard' }),
          ),
          callCentre: z.object({ telephone: z.string(), hours: z.string() }),
          programme: z.string(),
          city: z.string(),
          whatToBring: z.array(z.string()),
          holdMinutes: z.int(),
        })
        .meta({ id: 'CallScript' }),
      async handle() {
        const [{ document }, settings] = await Promise.all([programmes.current(), site.current()]);
        return {
          answer: {
            cards: callScript(document, settings.couponLost).map((card) => ({
              ...card,
              say: [...card.say],
              hints: [...card.hints],
            })),
            callCentre: document.callCentre,
            programme: document.name,
            city: document.city,
            whatToBring: document.texts.whatToBring,
            holdMinutes: document.policies.holdMinutes,
          },
        };
      },
    }),
  ];
}
