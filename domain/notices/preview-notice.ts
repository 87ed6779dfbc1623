import { addDays, cityDate, instantOf } from '../calendar/city-time';
import type { EndReason } from '../contracts/booking-workflow';
import type { JourneyStep, Language, ProgrammeDocument } from '../programmes/document';
import { asIfReviewed } from '../programmes/editing/as-if';
import { defined } from '../text/defined';
import { mustBeCalledWithoutAddress } from './callback';
import { lineTexts } from './line-texts';
import type { NoticeMessage } from './notice-layout';
import { writeNotice } from './write-notice';

/** To whom and on which occasion a text is shown: an invented person. */
export interface NoticeSample {
  /** Of `document.templates`. */
  readonly template: string;
  /** The step of the journey that sends it; left out or not there: none, the text alone. */
  readonly step?: string | undefined;
  readonly groupCode: string;
  readonly dose: number;
  readonly hasEmail: boolean;
  readonly language: Language;
  readonly venue: { readonly code: string; readonly name: string; readonly address: string };
}

export interface NoticePreview {
  readonly message: NoticeMessage;
  /** The same as LINE shows it, message by message; empty: not by LINE. */
  readonly line: readonly string[];
  /** How it would reach this person without LINE; `nobody`: they get nothing. */
  readonly by: 'email' | 'callback' | 'nobody';
  /** What keeps the step from this person, by its conditions. */
  readonly keptBy?: 'dose' | 'group' | 'venue' | 'next_dose';
}

const sampleReference = '482913505';

/** A text as the real notice would say it; undefined where the document has no such text. */
export function previewNotice(
  document: ProgrammeDocument,
  sample: NoticeSample,
  siteUrl: string,
  now: Date,
): NoticePreview | undefined {
  if (!Object.hasOwn(document.templates, sample.template)) return undefined;
  const step = document.journey.find((item) => item.id === sample.step && item.template === sample.template) ?? {
    id: 'sample',
    on: 'confirmed',
    when: { kind: 'now' },
    template: sample.template,
  };
  const place = { venueName: sample.venue.name, venueAddress: sample.venue.address };
  const day = addDays(cityDate(now), 7);
  const message = writeNotice(
    asIfReviewed(document, sample.language),
    step,
    {
      dose: sample.dose,
      reference: step.on === 'held' ? null : sampleReference,
      endReason: step.on === 'cancelled' ? endReasonOf(step) : null,
      appointment: { ...place, startsAt: instantOf(day, '10:30') },
      ...(step.on === 'changed' ? { before: { ...place, startsAt: instantOf(addDays(day, -2), '14:00') } } : {}),
    },
    siteUrl,
    sample.language,
  );
  const keptBy = reasonOf(document, step, sample);
  const line = (step.channels?.includes('line') ?? true) ? lineTexts(`${message.subject}\n\n${message.text}`) : [];
  return { message, line, by: wayOf(step, sample.hasEmail), ...defined({ keptBy }) };
}

function endReasonOf({ by }: JourneyStep): EndReason {
  return by?.[0] ?? 'citizen';
}

function wayOf(step: JourneyStep, hasEmail: boolean): NoticePreview['by'] {
  if (hasEmail && (step.channels?.includes('email') ?? true)) return 'email';
  const isCalled = step.channels
    ? step.channels.includes('callback')
    : mustBeCalledWithoutAddress(step, step.by?.includes('city') ? 'city' : 'citizen');
  return isCalled ? 'callback' : 'nobody';
}

function reasonOf(
  document: ProgrammeDocument,
  step: JourneyStep,
  { dose, groupCode, venue }: NoticeSample,
): NoticePreview['keptBy'] {
  for (const condition of step.conditions ?? []) {
    if (condition.kind === 'dose' && !condition.doses.includes(dose)) return 'dose';
    if (condition.kind === 'group' && !condition.groups.includes(groupCode)) return 'group';
    if (condition.kind === 'venue' && !condition.venues.includes(venue.code)) return 'venue';
  }
  const isInvitation =
    step.onlyWithoutNextDose === true ||
    step.when.kind === 'next_dose_possible' ||
    (step.conditions?.some((condition) => condition.kind === 'without_next_dose') ?? false);
  return isInvitation && !document.doses.some((item) => item.number === dose + 1) ? 'next_dose' : undefined;
}
