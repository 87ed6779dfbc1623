import { setTimeout as sleep } from 'node:timers/promises';

import { ApplicationFailure, Context } from '@temporalio/activity';

import type { BookingRepository, BookingView, IsRush } from '../../database/bookings';
import type { LineLinks, Notice, NoticeRepository } from '../../database/notices';
import type { Programmes, ProgrammeVersion } from '../../database/programmes';
import type { ResidentRepository } from '../../database/residents';
import { cityDate } from '../../domain/calendar/city-time';
import { type NoticeOutcome, type NoticeRequest, unlessToldPrefix } from '../../domain/contracts/booking-workflow';
import { emailIn } from '../../domain/notices/addresses';
import { mustBeCalledWithoutAddress } from '../../domain/notices/callback';
import { isInvitation } from '../../domain/notices/journey-plan';
import { lineTexts } from '../../domain/notices/line-texts';
import type { NoticeMessage } from '../../domain/notices/notice-layout';
import { writeNotice } from '../../domain/notices/write-notice';
import type { JourneyStep, NoticeChannel } from '../../domain/programmes/document';
import { checkOpen, groupsOf } from '../../domain/programmes/eligibility';
import { noticeLanguage } from '../../domain/site/languages';
import { noticeWayOf } from '../../domain/staff/visibility';
import type { LineSender } from './line-api';
import type { Mail, Mailer } from './mailer';

export interface NoticeActivitiesOptions {
  readonly notices: Pick<
    NoticeRepository,
    | 'find'
    | 'wasTold'
    | 'startSending'
    | 'startPush'
    | 'resumePush'
    | 'giveWay'
    | 'putBack'
    | 'markSent'
    | 'markFailed'
    | 'markUnclear'
    | 'skip'
    | 'skipForCall'
    | 'deliverToInbox'
    | 'toldTo'
  >;
  readonly bookings: Pick<BookingRepository, 'find' | 'answersOf' | 'hasBookingForDose' | 'lastActor'>;
  readonly residents: Pick<ResidentRepository, 'find' | 'isListed' | 'protectionOf'>;
  readonly programmes: Pick<Programmes, 'version'>;
  /** Left out: no mail leaves the machine, messages land in the inbox. */
  readonly mailer?: Mailer;
  readonly line?: {
    readonly links: Pick<LineLinks, 'userOf'>;
    /** `inbox`: for the demo, instead of LINE. */
    readonly sender: Pick<LineSender, 'push'> | 'inbox';
  };
  /** The citizen site, without a slash at the end. */
  readonly publicUrl: string;
  /** Whether citizens wait: then a notice waits a little, too. Left out: it never does. */
  readonly isRush?: IsRush;
  /** The moment at which a booking's notice is sent; in a rehearsal, that of its own time. */
  readonly clock?: (bookingId: string) => Date;
}

/** The activities of the queue `notice`. */
export interface NoticeActivities {
  sendNotice(request: NoticeRequest): Promise<NoticeOutcome>;
  settleNotice(request: NoticeRequest): Promise<NoticeOutcome>;
}

/** Where a step says nothing: a person who linked an account wants to hear there. */
const usualChannels: readonly NoticeChannel[] = ['line', 'email'];
const heartbeatEveryMs = 3_000;
/** A notice steps back for citizens who wait, but not for longer than this: a rush may last all morning. */
const longestStepBackMs = 60_000;
/** So often LINE is asked when it cannot be reached or is too busy, before the next way is taken. */
const lineAttempts = 5;
/** Shown in place of an account's id. */
const lineRecipient = 'LINEでつないだ方';

/** This way has not led to the person; `code` where the channel said so. */
interface NextWay {
  readonly next: true;
  readonly code?: string;
}

/** Tries one way. `hasNext`: another one is tried when this one leads nowhere. */
type Teller = (hasNext: boolean) => Promise<NoticeOutcome | NextWay>;

export function createNoticeActivities({
  notices,
  bookings,
  residents,
  programmes,
  mailer,
  line,
  publicUrl,
  isRush = () => Promise.resolve(false),
  clock = () => new Date(),
}: NoticeActivitiesOptions): NoticeActivities {
  /**
   * Why a notice is not to be sent now, or undefined. Asked at sending, not only at planning: in between the booking may
   * have been cancelled or moved, or the next dose booked.
   */
  async function reasonToSkip(
    step: JourneyStep,
    booking: BookingView,
    version: ProgrammeVersion,
  ): Promise<string | undefined> {
    const wanted = step.on === 'changed' ? 'confirmed' : step.on;
    if (booking.state !== wanted) return `booking_${booking.state}`;
    if (step.on === 'cancelled' && booking.endReason === 'moved') return 'booking_moved';
    // Nobody is reminded of an appointment who has died or moved away since; that it was cancelled they may well be told.
    if (step.on !== 'cancelled' && !(await residents.isListed(booking.residentId))) return 'not_eligible';
    if (step.by && !step.by.some((by) => by === booking.endReason)) return 'other_condition';
    if (step.when.kind === 'days_before' && booking.slot.startsAt.getTime() <= clock(booking.id).getTime())
      return 'too_late';
    const { noticeCaps } = version.document;
    if (noticeCaps) {
      const told = await notices.toldTo(booking, cityDate(clock(booking.id)));
      if (told.ofBooking >= noticeCaps.perBooking || told.today >= noticeCaps.perDay) return 'cap_reached';
    }
    const groups =
      step.conditions?.flatMap((condition) => (condition.kind === 'group' ? [condition.groups] : [])) ?? [];
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

  async function writeMessage(
    step: JourneyStep,
    booking: BookingView,
    version: ProgrammeVersion,
  ): Promise<NoticeMessage> {
    const before = booking.replaces === null ? undefined : await bookings.find(booking.replaces);
    return writeNotice(
      version.document,
      step,
      {
        dose: booking.dose,
        reference: booking.reference,
        endReason: booking.endReason,
        appointment: appointmentOf(booking),
        ...(before ? { before: appointmentOf(before) } : {}),
      },
      publicUrl,
      version.document.noticeLanguage ? noticeLanguage(version.document, await bookings.answersOf(booking.id)) : 'ja',
    );
  }

  async function skip(notice: Notice, reason: string): Promise<NoticeOutcome> {
    await notices.skip(notice.id, reason);
    return skipped(reason);
  }

  /** Who cannot be written to and does not know of it yet is called. */
  async function skipWithoutAddress(notice: Notice, step: JourneyStep, reason: string): Promise<NoticeOutcome> {
    if (step.channels) {
      // The programme says itself who is called: nobody guesses.
      if (!step.channels.includes('callback')) return skip(notice, reason);
      await notices.skipForCall(notice.id, reason);
      return skipped(reason);
    }
    const by = await bookings.lastActor(notice.bookingId);
    if (by === undefined || !mustBeCalledWithoutAddress(step, by)) return skip(notice, reason);
    await notices.skipForCall(notice.id, reason);
    return skipped(reason);
  }

  /**
   * One attempt at a push. LINE knows the notice's id again, so a lost answer is asked for under the same id until it is clear; only
   * what LINE has not taken for certain goes another way. `isFirst`: no earlier attempt may have been taken.
   */
  async function push(
    sender: Pick<LineSender, 'push'>,
    notice: Notice,
    userId: string,
    message: NoticeMessage,
    attempt: number,
    isFirst: boolean,
  ): Promise<NoticeOutcome | NextWay> {
    const outcome = await sender.push(userId, lineTexts(`${message.subject}\n\n${message.text}`), notice.id);
    if (outcome.status === 'sent') {
      await persistently(() => notices.markSent(notice.id));
      return { status: 'sent' };
    }
    if (outcome.status !== 'unclear' && isFirst && (await notices.giveWay(notice.id, attempt, outcome.code))) {
      if (outcome.status === 'refused' || attempt >= lineAttempts) return { next: true, code: outcome.code };
      throw ApplicationFailure.retryable(`LINE did not take the message (${outcome.code})`, 'LineNotTaken');
    }
    throw ApplicationFailure.retryable(`whether LINE took the message is not known (${outcome.code})`, 'LineUnclear');
  }

  async function tellByLine(
    notice: Notice,
    booking: BookingView,
    write: () => Promise<NoticeMessage>,
  ): Promise<NoticeOutcome | NextWay> {
    const userId = await line?.links.userOf(booking.residentId);
    if (line === undefined || userId === undefined) return { next: true };
    const message = await write();
    if (line.sender === 'inbox') {
      await notices.deliverToInbox(notice.id, { channel: 'line', recipient: lineRecipient, ...message });
      return { status: 'sent' };
    }
    const attempt = await notices.startPush(notice.id);
    if (attempt === undefined)
      throw ApplicationFailure.retryable('another attempt is sending this notice', 'NoticeInProgress');
    return push(line.sender, notice, userId, message, attempt, true);
  }

  /** An attempt before this one may have reached LINE: asked again under the same key. */
  async function resumePush(notice: Notice, request: NoticeRequest): Promise<NoticeOutcome> {
    const { booking, version, step } = await subjectOf(request);
    const userId = await line?.links.userOf(booking.residentId);
    const isWanted =
      noticeWayOf(await residents.protectionOf(booking.residentId)) === 'usual' &&
      line !== undefined &&
      line.sender !== 'inbox' &&
      userId !== undefined &&
      step !== undefined &&
      (await reasonToSkip(step, booking, version)) === undefined;
    const attempt = isWanted ? await notices.resumePush(notice.id) : undefined;
    if (
      line === undefined ||
      line.sender === 'inbox' ||
      userId === undefined ||
      step === undefined ||
      attempt === undefined
    ) {
      await notices.markUnclear(notice.id, 'line unclear');
      return { status: 'unclear', reason: 'line unclear' };
    }
    const outcome = await push(line.sender, notice, userId, await writeMessage(step, booking, version), attempt, false);
    if ('next' in outcome) throw new Error('what may have been taken never goes another way');
    return outcome;
  }

  /** No `step`: the booking was brought under a version without it while the notice was on its way. */
  async function subjectOf(
    request: NoticeRequest,
  ): Promise<{ booking: BookingView; version: ProgrammeVersion; step: JourneyStep | undefined }> {
    const booking = await bookings.find(request.bookingId);
    if (!booking)
      throw ApplicationFailure.nonRetryable(`booking ${request.bookingId} is not in the database`, 'BookingUnknown');
    const version = await programmes.version(booking.programmeVersionId);
    return { booking, version, step: version.document.journey.find((item) => item.id === request.step) };
  }

  async function sendMail(
    sender: Mailer,
    notice: Notice,
    mail: Omit<Mail, 'messageId'>,
    hasNext: boolean,
  ): Promise<NoticeOutcome | NextWay> {
    const progress = { isTaken: false };
    const outcome = await sender.send(
      { ...mail, messageId: `<${notice.id}@${new URL(publicUrl).hostname}>` },
      async () => {
        if (!(await notices.startSending(notice.id, 'email'))) {
          progress.isTaken = true;
          throw new Error('another attempt is sending this notice');
        }
      },
    );
    if (progress.isTaken)
      throw ApplicationFailure.retryable('another attempt is sending this notice', 'NoticeInProgress');
    switch (outcome.status) {
      case 'sent':
        await persistently(() => notices.markSent(notice.id));
        return { status: 'sent' };
      case 'unclear':
        await notices.markUnclear(notice.id, outcome.code);
        return { status: 'unclear', reason: outcome.code };
      case 'refused':
        if (hasNext) {
          await notices.putBack(notice.id, outcome.code);
          return { next: true, code: outcome.code };
        }
        await notices.markFailed(notice.id, outcome.code);
        return { status: 'failed', reason: outcome.code };
      case 'not_taken':
        await notices.putBack(notice.id, outcome.code);
        throw ApplicationFailure.retryable(`the mail was not taken (${outcome.code})`, 'MailNotTaken');
    }
  }

  async function tellByMail(
    notice: Notice,
    booking: BookingView,
    { document }: ProgrammeVersion,
    write: () => Promise<NoticeMessage>,
    { mailTo, hasNext }: { readonly mailTo: string | undefined; readonly hasNext: boolean },
  ): Promise<NoticeOutcome | NextWay> {
    const address = mailTo ?? emailIn(document, await bookings.answersOf(booking.id));
    if (address === undefined) return { next: true };
    const message = await write();
    if (mailer) return sendMail(mailer, notice, { ...message, to: address, senderName: document.city }, hasNext);
    await notices.deliverToInbox(notice.id, { channel: 'email', recipient: address, ...message });
    return { status: 'sent' };
  }

  async function send(request: NoticeRequest): Promise<NoticeOutcome> {
    const notice = await notices.find(request);
    if (notice.status === 'sending' && notice.channel === 'line') return resumePush(notice, request);
    if (notice.status === 'sending') {
      // Only an attempt that died can have left it so, and its mail may be out. Silence is better than a second one.
      await notices.markUnclear(notice.id, 'attempt lost');
      return { status: 'unclear', reason: 'attempt lost' };
    }
    if (notice.status !== 'queued') return outcomeOf(notice);

    if (request.occurrence.startsWith(unlessToldPrefix) && (await notices.wasTold(request)))
      return skip(notice, 'already_sent');
    const { booking, version, step } = await subjectOf(request);
    if (!step) return skip(notice, 'not_in_version');
    const reason = await reasonToSkip(step, booking, version);
    if (reason !== undefined) return skip(notice, reason);

    // Asked at sending: the protection may be younger than the plan of the notice.
    const permitted = noticeWayOf(await residents.protectionOf(booking.residentId));
    if (permitted === 'withheld') return skipWithoutAddress(notice, step, 'protected');
    const mailTo = permitted === 'usual' ? undefined : permitted.mailTo;

    const write = () => writeMessage(step, booking, version);
    const wanted = step.channels ?? usualChannels;
    // The confirmed address of a protected person is all that is known to be theirs alone.
    const ways = mailTo === undefined ? wanted : wanted.filter((way) => way === 'email' || way === 'callback');
    // Every channel is in the table, or it does not compile: none is sent as mail for want of a way of its own.
    const tellBy: Readonly<Record<NoticeChannel, Teller | undefined>> = {
      line: () => tellByLine(notice, booking, write),
      email: (hasNext) => tellByMail(notice, booking, version, write, { mailTo, hasNext }),
      // A person calls: nothing behind it is tried.
      callback: undefined,
    };
    let refused: string | undefined;
    for (const [index, way] of ways.entries()) {
      const tell = tellBy[way];
      if (!tell) break;
      const outcome = await tell(ways.slice(index + 1).some((next) => next !== way && tellBy[next] !== undefined));
      if (!('next' in outcome)) return outcome;
      refused = outcome.code ?? refused;
    }
    if (refused === undefined)
      return skipWithoutAddress(notice, step, wanted.includes('email') ? 'no_address' : 'not_linked');
    await notices.markFailed(notice.id, refused);
    return { status: 'failed', reason: refused };
  }

  return {
    /**
     * Sends one notice, at most once: whatever happens to the process, the mail server or the database in between, the
     * row decides. Throws (and is tried again with back-off) while the mail server cannot be reached or says "later".
     */
    async sendNotice(request) {
      const context = Context.current();
      const heart = setInterval(() => {
        context.heartbeat();
      }, heartbeatEveryMs);
      try {
        await stepBack(isRush);
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

/** Resolves when no citizen waits any more, or after `longestStepBackMs`; rejects when the notice is not wanted any more. */
async function stepBack(isRush: IsRush): Promise<void> {
  const until = Date.now() + longestStepBackMs;
  while ((await isRush()) && Date.now() < until) await Context.current().sleep(1_000);
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

/** Workflows name a place and a time, so that a person is protected is not said there: it would tell where. */
function skipped(reason: string): NoticeOutcome {
  return { status: 'skipped', reason: reason === 'protected' ? 'no_address' : reason };
}

function outcomeOf(notice: Notice): NoticeOutcome {
  const { status, skipReason } = notice;
  if (status === 'queued' || status === 'sending')
    throw ApplicationFailure.retryable('the notice is on its way', 'NoticeInProgress');
  return skipReason !== null && status === 'skipped' ? skipped(skipReason) : { status };
}
