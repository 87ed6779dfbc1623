import { z } from 'zod';

import type { Audit } from '../../../database/audit';
import type { Programmes } from '../../../database/programmes';
import type { SiteSettingsEditor, SiteVersion } from '../../../database/site';
import { otherLanguages } from '../../../domain/programmes/document';
import { languageNames } from '../../../domain/site/languages';
import { noSiteSettings, siteFaults, siteLimits, tidied, usualCouponLost } from '../../../domain/site/settings';
import { refuseStaff } from '../../../domain/staff/refusals';
import { printQr, smallestModuleMm } from '../../shared/qr';
import { type StaffRoute, staffRoute } from '../frame/define-route';
import { instant } from '../frame/shapes';
import { addressVerdicts, addressWords, checkAddress } from './check-address';

const editors = ['city_admin'] as const;
const readers = ['city_admin', 'supervisor', 'auditor'] as const;

const text = z.string().max(siteLimits.text + 1_000);
const settingsShape = z
  .object({
    publicAddress: z.string().max(2_000).nullable(),
    callCentre: z.object({ telephone: z.string().max(100), hours: z.string().max(1_000) }).nullable(),
    notices: z
      .array(
        z.object({
          text: z.string().max(5_000),
          important: z.boolean(),
          from: z.string().max(40).nullable(),
          until: z.string().max(40).nullable(),
        }),
      )
      .max(50),
    couponHelp: text.nullable(),
    couponLost: text.nullable(),
    /** Languages whose site words a person has read; the others are hidden. Left out: none. */
    reviewedLanguages: z.array(z.enum(otherLanguages)).max(otherLanguages.length),
  })
  .meta({ id: 'SiteSettings' });
const version = z
  .object({
    version: z.int(),
    settings: settingsShape,
    changedAt: instant.nullable(),
    changedBy: z.string().nullable(),
  })
  .meta({ id: 'SiteVersion' });
const site = z
  .object({
    current: version,
    /** What is in force where the settings say nothing. */
    usual: z.object({
      publicAddress: z.string(),
      callCentre: z.object({ telephone: z.string(), hours: z.string() }),
      couponHelp: z.string(),
      couponLost: z.string(),
    }),
    /** For the preview. */
    programme: z.object({ name: z.string(), city: z.string(), front: z.string() }),
    /** Every language beside Japanese: who marked its site words as reviewed, and whether the programme has reviewed texts in it. Offered to citizens when both are so. */
    languages: z.array(
      z.object({
        language: z.enum(otherLanguages),
        name: z.string(),
        reviewedAt: instant.nullable(),
        reviewedBy: z.string().nullable(),
        inProgramme: z.enum(['none', 'unreviewed', 'reviewed']),
      }),
    ),
  })
  .meta({ id: 'Site' });
const check = z
  .object({
    address: z.string(),
    verdict: z.enum(addressVerdicts),
    sentence: z.string(),
    https: z.boolean(),
    sameAsInstalled: z.boolean(),
    installed: z.string(),
  })
  .meta({ id: 'AddressCheck' });
const qr = z
  .object({
    address: z.string(),
    format: z.enum(['svg', 'png']),
    mm: z.number(),
    moduleMm: z.number(),
    pixels: z.int(),
    dpi: z.int(),
    fileName: z.string(),
    mediaType: z.string(),
    /** The file in base64: what was read again and compared before it is handed out. */
    file: z.string(),
  })
  .meta({ id: 'PrintQr' });

export interface SiteRouteDependencies {
  readonly site: SiteSettingsEditor;
  readonly programmes: Pick<Programmes, 'current'>;
  readonly audit: Audit;
  /** Where the installation itself says that citizens reach it. */
  readonly publicUrl: string;
  readonly installationId: string;
}

/** What the city sets for the whole site: what is printed, whom to call, what is announced. */
export function siteRoutes({
  site: settings,
  programmes,
  audit,
  publicUrl,
  installationId,
}: SiteRouteDependencies): StaffRoute[] {
  const addressInForce = async (): Promise<string> => (await settings.newest()).settings.publicAddress ?? publicUrl;

  return [
    staffRoute({
      method: 'get',
      path: '/site',
      summary: 'The settings of the site, and what holds without them',
      roles: readers,
      answer: site,
      async handle() {
        const [current, { document }, reviews] = await Promise.all([
          settings.newest(),
          programmes.current(),
          settings.reviews(),
        ]);
        return {
          answer: {
            current: versionJson(current),
            usual: {
              publicAddress: publicUrl,
              callCentre: document.callCentre,
              couponHelp: document.texts.couponHelp,
              couponLost: usualCouponLost,
            },
            programme: { name: document.name, city: document.city, front: document.texts.front },
            languages: otherLanguages.map((language) => {
              const review = reviews.find((item) => item.language === language);
              const translation = document.translations?.[language];
              return {
                language,
                name: languageNames[language].name,
                reviewedAt: review?.at?.toISOString() ?? null,
                reviewedBy: review?.by ?? null,
                inProgramme:
                  translation === undefined
                    ? ('none' as const)
                    : translation.reviewed
                      ? ('reviewed' as const)
                      : ('unreviewed' as const),
              };
            }),
          },
        };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/site/history',
      summary: 'Earlier settings, the newest first',
      roles: readers,
      answer: z.object({ versions: z.array(version) }),
      handle: async () => ({ answer: { versions: (await settings.history(50)).map(versionJson) } }),
    }),
    staffRoute({
      method: 'post',
      path: '/site',
      summary: 'Put settings in force; 412 when another person changed them since `version`',
      roles: editors,
      body: z.object({ version: z.int().min(0), settings: settingsShape }),
      answer: version,
      async handle({ body, actor }) {
        const wanted = tidied(body.settings);
        const faults = siteFaults(wanted);
        if (faults.length > 0) return { ok: false, malformed: faults };
        const result = await settings.change(actor, body.version, wanted);
        return result.ok ? { answer: versionJson(result.site) } : result;
      },
    }),
    staffRoute({
      method: 'post',
      path: '/site/check-address',
      summary: 'Open an address as a citizen would, and say where one arrives',
      roles: editors,
      body: z.object({ address: z.string().max(2_000) }),
      answer: check,
      async handle({ body, actor }) {
        const { publicAddress, ...rest } = tidied({ ...noSiteSettings, publicAddress: body.address });
        const faults = siteFaults({ publicAddress, ...rest });
        if (faults.length > 0 || publicAddress === null) return { ok: false, malformed: faults };
        const verdict = await checkAddress(publicAddress, installationId);
        await audit.record(actor, { action: 'site.check_address', result: verdict });
        return {
          answer: {
            address: publicAddress,
            verdict,
            sentence: addressWords[verdict],
            https: publicAddress.startsWith('https:'),
            sameAsInstalled: publicAddress === publicUrl,
            installed: publicUrl,
          },
        };
      },
    }),
    staffRoute({
      method: 'get',
      path: '/site/qr',
      summary: 'The QR code of the public address for the printer, read again and compared',
      roles: editors,
      query: z.object({ format: z.enum(['svg', 'png']), mm: z.coerce.number().min(10).max(200) }),
      answer: qr,
      async handle({ query: { format, mm }, actor }) {
        const address = await addressInForce();
        const made = printQr(address, mm);
        if (made.moduleMm < smallestModuleMm)
          return refuseStaff('qr_too_small', { smallestMm: Math.ceil((mm / made.moduleMm) * smallestModuleMm) });
        await audit.record(actor, { action: 'site.qr', result: 'done', detail: { format, mm } });
        return {
          answer: {
            address,
            format,
            mm,
            moduleMm: Math.round(made.moduleMm * 100) / 100,
            pixels: made.pixels,
            dpi: made.dpi,
            fileName: `yoyaku-qr-${String(mm)}mm.${format}`,
            mediaType: format === 'svg' ? 'image/svg+xml' : 'image/png',
            file: (format === 'svg' ? Buffer.from(made.svg) : made.png).toString('base64'),
          },
        };
      },
    }),
  ];
}

function versionJson({ version: number, settings, changedAt, changedBy }: SiteVersion): z.input<typeof version> {
  return {
    version: number,
    settings: {
      ...settings,
      notices: settings.notices.map((notice) => ({ ...notice })),
      reviewedLanguages: [...settings.reviewedLanguages],
    },
    changedAt: changedAt?.toISOString() ?? null,
    changedBy,
  };
}
