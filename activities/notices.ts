import { setTimeout as sleep } from 'node:timers/promises';
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { BookingRepository, BookingView } from '../database/bookings';
import type { Notice, NoticeRepository } from '../database/notices';
import type { Programmes, ProgrammeVersion } from '../database/programmes';
import type { ResidentRepository } from '../database/residents';
import { cityDate } from '../domain/calendar/city-time';
import { emailIn } from '../domain/contact/addresses';
import { mustBeCalledWithoutAddress } from '../domain/contact/callback';
import { unlessToldPrefix, type NoticeOutcome, type NoticeRequest } from '../domain/contracts/booking-workflow';
import { isInvitation } from '../domain/journey/plan';
import { writeNotice } from '../domain/journey/write-notice';
import type { NoticeMessage } from '../domain/notice-layout';
import type { JourneyStep } from '../domain/programme/document';
import { noticeLanguage } from '../domain/programme/languages';
import { checkOpen, groupsOf } from '../domain/programme/eligibility';
import type { Mail, Mailer } from './mailer';

export interface NoticeActivitiesOptions {
  readonly notices: Pick<NoticeRepository, 'find' | 'wasTold' | 'startSending' | 'putBack' | 'markSent' | 'markFailed' | 'markUnclear' | 'skip' | 'skipForCall' | 'deliverToInbox' | 'toldTo'>;
  readonly bookings: Pick<BookingRepository, 'find' | 'answersOf' | 'hasBookingForDose' | 'lastActor'>;
  readonly residents: Pick<ResidentRepository, 'find' | 'isListed'>;
  readonly programmes: Pick<Programmes, 'version'>;
  /** Left out: nothing leaves the machine, messages land in the inbox. */
  readonly mailer?: Mailer;
  /** The citizen site, without a slash at the end. */
  readonly publicUrl: string;
  /** The moment at which a booking's notice is sent; in a rehearsal, that of its own time. */
  readonly clock?: (bookingId: string) => Date;
}

/** The activities of the queue `notice`. */
export interface NoticeActivities {
  sendNotice(request: NoticeRequest): Promise<NoticeOutcome>;
  settleNotice(request: NoticeRequest): Promise<NoticeOutcome>;
}

/** Where a step says nothing. LINE is tried for nobody yet: no resident is linked to an account. */
const usualChannels = ['email'] as const;
const heartbeatEveryMs = 3_000;

export function createNoticeActivities({ notices, bookings, residents, programmes, mailer, publicUrl, clock = () => new Date() }: NoticeActivitiesOptions): NoticeActivities {
  /**
   * Why a notice is not to be sent now, or undefined. Asked at sending, not only at planning: in between the booking may
   * have been cancelled or moved, or the next dose booked.
   */
  async function reasonToSkip(step: JourneyStep, booking: BookingView, version: ProgrammeVersion): Promise<string | undefined> {
    const wanted = step.on === 'changed' ? 'confirmed' : step.on;
    if (booking.state !== wanted) return `booking_${booking.state}`;
    if (step.on === 'cancelled' && booking.endReason === 'moved') return 'booking_moved';
    // Nobody is reminded of an appointment who has died or moved away since; that it was cancelled they may well be told.
    if (step.on !== 'cancelled' && !(await residents.isListed(booking.residentId))) return 'not_eligible';
    if (step.by && !step.by.some((by) => by === booking.endReason)) return 'other_condition';
    if (step.when.kind === 'days_before' && booking.slot.startsAt.getTime() <= clock(booking.id).getTime()) return 'too_late';
    const { noticeCaps } = version.document;
    if (noticeCaps) {
      const told = await notices.toldTo(booking, cityDate(clock(booking.id)));
      if (told.ofBooking >= noticeCaps.perBooking || told.today >= noticeCaps.perDay) return 'cap_reached';
    }
    const groups = step.conditions?.flatMap((condition) => (condition.kind === 'group' ? [condition.groups] : [])) ?? [];
    if (groups.length > 0) {
      const person = await residents.find(booking.residentId);
      const codes = person ? groupsOf(version.document, person).map((group) => group.code) : [];
      if (!groups.every((wantedGroups) => wantedGroups.some((code) => codes.includes(code)))) return 'other_condition';
    }
    if (!isInvitation(step)) return undefined;
    if (!version.document.doses.some((dose) => dose.number === booking.dose + 1)) return 'no_next_dose';
    if (await bookings.hasBookingForDose(booking.residentId, booking.dose + 1)) return 'next_dose_booked';
    const resident = await residents.find(booking.residentId);
    if (!resident || !checkOpen(version.document, resident, clock(booking.id)).ok) return 'not_eligible';
    return undefined;
  }

  async function writeMessage(step: JourneyStep, booking: BookingView, version: ProgrammeVersion): Promise<NoticeMessage> {
    const before = booking.replaces === null ? undefined : await bookings.find(booking.replaces);
    return writeNotice(
      version.document, step,
      {
        dose: booking.dose, reference: booking.reference, endReason: booking.endReason, appointment: appointmentOf(booking),
        ...(before ? { before: appointmentOf(before) } : {}),
      },
      publicUrl,
      version.document.noticeLanguage ? noticeLanguage(version.document, await bookings.answersOf(booking.id)) : 'ja',
    );
  }

  async function skip(notice: Notice, reason: string): Promise<NoticeOutcome> {
    await notices.skip(notice.id, reason);
    return { status: 'skipped', reason };
  }

  /** Who has no address and does not know of it yet is called. */
  async function skipWithoutAddress(notice: Notice, step: JourneyStep): Promise<NoticeOutcome> {
    if (step.channels) {
      // The programme says itself who is called: nobody guesses.
      if (!step.channels.includes('callback')) return skip(notice, 'no_address');
      await notices.skipForCall(notice.id, 'no_address');
      return { status: 'skipped', reason: 'no_address' };
    }
    const by = await bookings.lastActor(notice.bookingId);
    if (by === undefined || !mustBeCalledWithoutAddress(step, by)) return skip(notice, 'no_address');
    await notices.skipForCall(notice.id, 'no_address');
    return { status: 'skipped', reason: 'no_address' };
  }

  async function sendMail(sender: Mailer, notice: Notice, mail: Omit<Mail, 'messageId'>): Promise<NoticeOutcome> {
    const progress = { isTaken: false };
    const outcome = await sender.send({ ...mail, messageId: `<${notice.id}@${new URL(publicUrl).hostname}>` }, async () => {
      if (!(await notices.startSending(notice.id, 'email'))) {
        progress.isTaken = true;
        throw new Error('another attempt is sending this notice');
      }
    });
    if (progress.isTaken) throw ApplicationFailure.retryable('another attempt is sending this notice', 'NoticeInProgress');
    switch (outcome.status) {
      case 'sent':
        await persistently(() => notices.markSent(notice.id));
        return { status: 'sent' };
      case 'unclear':
        await notices.markUnclear(notice.id, outcome.code);
        return { status: 'unclear', reason: outcome.code };
      case 'refused':
        await notices.markFailed(notice.id, outcome.code);
        return { status: 'failed', reason: outcome.code };
      case 'not_taken':
        await notices.putBack(notice.id, outcome.code);
        throw ApplicationFailure.retryable(`the mail was not taken (${outcome.code})`, 'MailNotTaken');
    }
  }

  async function send(request: NoticeRequest): Promise<NoticeOutcome> {
    const notice = await notices.find(request);
    if (notice.status === 'sending') {
      // Only an attempt that died can have left it so, and its mail may be out. Silence is better than a second one.
      await notices.markUnclear(notice.id, 'attempt lost');
      return { status: 'unclear', reason: 'attempt lost' };
    }
    if (notice.status !== 'queued') return outcomeOf(notice);

    if (request.occurrence.startsWith(unlessToldPrefix) && (await notices.wasTold(request))) return skip(notice, 'already_sent');
    const booking = await bookings.find(request.bookingId);
    if (!booking) throw ApplicationFailure.nonRetryable(`booking ${request.bookingId} is not in the database`, 'BookingUnknown');
    const version = await programmes.version(booking.programmeVersionId);
    const step = version.document.journey.find((item) => item.id === request.step);
    if (!step) throw ApplicationFailure.nonRetryable(`the journey has no step "${request.step}"`, 'StepUnknown');
    const reason = await reasonToSkip(step, booking, version);
    if (reason !== undefined) return skip(notice, reason);
    const address = (step.channels ?? usualChannels).includes('email') ? emailIn(version.document, await bookings.answersOf(booking.id)) : undefined;
    if (address === undefined) return skipWithoutAddress(notice, step);

    const message = await writeMessage(step, booking, version);
    if (mailer) return sendMail(mailer, notice, { ...message, to: address, senderName: version.document.city });
    await notices.deliverToInbox(notice.id, { channel: 'email', recipient: address, ...message });
    return { status: 'sent' };
  }

  return {
    /**
     * Sends one notice, at most once: whatever happens to the process, the mail server or the database in between, the
     * row decides. Throws (and is tried again with back-off) while the mail server cannot be reached or says "later".
     */
    async sendNotice(request) {
      const context = Context.current();
      const heart = setInterval(() => { context.heartbeat(); }, heartbeatEveryMs);
      try {
        return await send(request);
      } finally {
        clearInterval(heart);
      }
    },

    /** Closes the row of a notice whose attempts are used up: never handed over means failed, otherwise unclear. */
    async settleNotice(request) {
      const notice = await notices.find(request);
      if (notice.status === 'queued') await notices.markFailed(notice.id, 'attempts used up');
      else if (notice.status === 'sending') await notices.markUnclear(notice.id, 'attempts used up');
      return outcomeOf(await notices.find(request));
    },
  };
}

/** The mail is out, so the row must say so if there is any way: a database that restarts is back within seconds. */
async function persistently(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await work();
      return;
    } catch (error) {
      if (attempt === 6) throw error;
      await sleep(250 * 2 ** attempt);
    }
  }
}

function appointmentOf(booking: BookingView) {
  const { startsAt, venue } = booking.slot;
  return { startsAt, venueName: venue.name, venueAddress: venue.address };
}

function outcomeOf(notice: Notice): NoticeOutcome {
  const { status, skipReason } = notice;
  if (status === 'queued' || status === 'sending') throw ApplicationFailure.retryable('the notice is on its way', 'NoticeInProgress');
  return { status, ...(skipReason === null ? {} : { reason: skipReason }) };
}
