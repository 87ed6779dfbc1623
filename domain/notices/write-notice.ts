import { formatReference } from '../bookings/reference';
import { cityDate } from '../calendar/city-time';
import type { EndReason } from '../contracts/booking-workflow';
import type { JourneyStep, Language, ProgrammeDocument } from '../programmes/document';
import { renderTemplate, type TemplateValues } from '../programmes/parts/template';
import { dateIn, inLanguage, languageNames, timeIn } from '../site/languages';
import { layoutNotice, type NoticeMessage } from './notice-layout';

interface Appointment {
  readonly startsAt: Date;
  readonly venueName: string;
  readonly venueAddress: string;
}

/** All that a notice may tell. Nothing of it says whose booking it is. */
export interface NoticeSubject {
  readonly dose: number;
  readonly reference: string | null;
  readonly endReason: EndReason | null;
  readonly appointment: Appointment;
  /** The appointment that this one took the place of. */
  readonly before?: Appointment;
}

const cancelledBy: Partial<Record<EndReason, string>> = {
  citizen: 'ご本人のお手続き',
  operator: 'コールセンターでのお手続き',
  city: '市の都合',
};

/** The message of a journey step, in the words of the pinned programme version, in a language that was reviewed (Japanese else). `siteUrl` without a slash at the end. */
export function writeNotice(
  document: ProgrammeDocument,
  step: JourneyStep,
  subject: NoticeSubject,
  siteUrl: string,
  language: Language = 'ja',
): NoticeMessage {
  return writeIn(inLanguage(document, language), step, subject, siteUrl, language);
}

function writeIn(
  document: ProgrammeDocument,
  step: JourneyStep,
  subject: NoticeSubject,
  siteUrl: string,
  language: Language,
): NoticeMessage {
  const template = document.templates[step.template];
  if (!template) throw new Error(`a published document has the text of every step, but not "${step.template}"`);
  // A text that has no translation is Japanese, and so is the page to which it leads.
  const translation = language === 'ja' ? undefined : document.translations?.[language];
  const said: Language = translation?.reviewed === true && translation.templates?.[step.template] ? language : 'ja';
  const address = said === 'ja' ? siteUrl : `${siteUrl}/?lang=${said}`;
  const values = valuesOf(document, subject, address, language);
  const line = renderTemplate(template.subject, values).replace(/\s+/g, ' ').trim();
  const text = renderTemplate(template.text, values);
  return {
    subject: line,
    text,
    html: layoutNotice({
      subject: line,
      text,
      sender: `${document.city} ${document.name}`,
      siteUrl: address,
      telephone: document.callCentre.telephone,
      languageTag: languageNames[said].tag,
    }),
  };
}

function valuesOf(
  document: ProgrammeDocument,
  subject: NoticeSubject,
  siteUrl: string,
  language: Language,
): TemplateValues {
  const label = (number: number) => document.doses.find((dose) => dose.number === number)?.label;
  const { appointment, before } = subject;
  return defined({
    cityName: document.city,
    programmeName: document.name,
    doseLabel: label(subject.dose),
    nextDoseLabel: label(subject.dose + 1),
    date: dateIn(language, cityDate(appointment.startsAt)),
    time: timeIn(language, appointment.startsAt),
    venueName: appointment.venueName,
    venueAddress: appointment.venueAddress,
    reference: subject.reference === null ? undefined : formatReference(subject.reference),
    oldDate: before && dateIn(language, cityDate(before.startsAt)),
    oldTime: before && timeIn(language, before.startsAt),
    oldVenueName: before?.venueName,
    siteUrl,
    callCentreTelephone: document.callCentre.telephone,
    callCentreHours: document.callCentre.hours,
    cancelledBy:
      subject.endReason === null || (language !== 'ja' && language !== 'ja-easy')
        ? undefined
        : cancelledBy[subject.endReason],
    whatToBring: document.texts.whatToBring,
  });
}

function defined(values: Record<string, string | readonly string[] | undefined>): TemplateValues {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
