import { computed, inject, Injectable, signal } from '@angular/core';

import { Api, type Problem, type Schema } from '../api/api';
import type { Value } from '../shared/asked-fields';
import { Messages } from '../shared/messages';

export type Stage = 'find' | 'identity' | 'person' | 'choose' | 'confirm' | 'done';
export type Moment = Schema<'ScriptCard'>['moment'];
export type Person = Schema<'OpenedResident'>;
export type Dose = Schema<'ResidentDose'>;
export type Booking = Schema<'Booking'>;
export type IdentityItem = 'couponNumber' | 'birthDate' | 'kana' | 'telephone';
export type Said = Partial<Record<IdentityItem, string>>;
type Answers = Record<string, Value>;

/** What is to be booked: a dose, in the place of a booking or not. */
export interface Wanted {
  readonly dose: Dose;
  readonly replaces: Booking | undefined;
}

const kanaWord = /^[ぁ-ゖァ-ヺーｦ-ﾟ・]+$/;

/**
 * One call after the other: who is on the telephone, what is being booked, how far it is. Lives as long as the admin is open, so that
 * what was typed outlasts a lost connection and a log-in in between; another member of staff never sees it.
 */
@Injectable({ providedIn: 'root' })
export class DeskCall {
  private readonly api = inject(Api).client;
  private readonly messages = inject(Messages);

  readonly stage = signal<Stage>('find');
  /** A request that the operator waits for is under way. */
  readonly busy = signal(false);
  /** Why the last step was not taken; belongs to the present stage. */
  readonly problem = signal<Problem | undefined>(undefined);
  readonly text = signal('');
  readonly found = signal<Schema<'ResidentCandidates'> | undefined>(undefined);
  readonly candidate = signal<Schema<'ResidentCandidate'> | undefined>(undefined);
  readonly said = signal<Said>({});
  readonly person = signal<Person | undefined>(undefined);
  readonly wanted = signal<Wanted | undefined>(undefined);
  /** Kept from one person to the next: helpers book many into the same place and day. */
  readonly venue = signal<Schema<'Venue'> | undefined>(undefined);
  readonly day = signal<string | undefined>(undefined);
  readonly held = signal<Booking | undefined>(undefined);
  readonly answers = signal<Answers>({});
  readonly confirmed = signal<Booking | undefined>(undefined);
  /** People served one after the other. */
  readonly served = signal(0);
  /** A piece of guidance that the operator asked for, instead of that of the moment. */
  readonly guidance = signal<Moment | undefined>(undefined);

  readonly moment = computed<Moment>(() => this.guidance() ?? this.momentOfStage());
  private staffId: string | undefined;
  private readonly keys = new Map<string, string>();

  /** Another member of staff at the same computer begins with an empty desk. */
  belongTo(staffId: string | undefined): void {
    if (this.staffId !== undefined && this.staffId !== staffId) this.clear();
    this.staffId = staffId;
  }

  async find(text: string, after?: string): Promise<void> {
    this.text.set(text);
    const answer = await this.ask(() =>
      this.api.POST('/api/v1/residents/find', { body: { text, ...(after ? { after } : {}) } }),
    );
    if (!answer) return;
    if (this.person()) await this.closePerson();
    const list = after === undefined ? answer.candidates : [...(this.found()?.candidates ?? []), ...answer.candidates];
    this.found.set({ ...answer, candidates: list });
    this.leavePerson();
    this.go('find');
    const [only, ...others] = list;
    if (only && others.length === 0) this.choose(only);
  }

  choose(candidate: Schema<'ResidentCandidate'>): void {
    this.candidate.set(candidate);
    this.said.set(this.saidInSearch(candidate));
    this.go('identity');
  }

  async identify(said: Said): Promise<void> {
    const candidate = this.candidate();
    if (!candidate) return;
    this.said.set(said);
    const answer = await this.ask(() =>
      this.api.POST('/api/v1/residents/{id}/identity', { params: { path: { id: candidate.id } }, body: said }),
    );
    if (answer) await this.open(candidate.id);
  }

  /** Goes on with a person who was found elsewhere: with the data while they are open, otherwise with the identity check. */
  async takeUpPerson(id: string): Promise<void> {
    if (await this.open(id)) return;
    const { data, error } = await this.api.GET('/api/v1/residents/{id}/candidate', { params: { path: { id } } });
    this.go('find');
    if (data) this.choose(data);
    else this.problem.set(error);
  }

  /** Reads everything of the person again and shows it. False: not open (any more). */
  async open(id: string): Promise<boolean> {
    const person = await this.ask(() => this.api.GET('/api/v1/residents/{id}', { params: { path: { id } } }));
    if (!person) return false;
    this.person.set(person);
    this.go('person');
    return true;
  }

  /** Reads the person again behind the present stage. */
  async refresh(): Promise<void> {
    const id = this.person()?.resident.id;
    if (id === undefined) return;
    const { data } = await this.api.GET('/api/v1/residents/{id}', { params: { path: { id } } });
    if (data) this.person.set(data);
  }

  /** Chooses what is booked. A hold of the resident that is still running is taken up again. */
  want(dose: Dose, replaces?: Booking): void {
    this.wanted.set({ dose, replaces });
    const { first = '', last = '' } = dose.dates ?? {};
    const day = this.day();
    if (day !== undefined && (day < first || day > last)) this.day.set(undefined);
    this.go('choose');
  }

  takeUp(held: Booking, dose: Dose): void {
    this.wanted.set({ dose, replaces: this.person()?.bookings.find((booking) => booking.id === held.replaces) });
    this.held.set(held);
    this.startAnswers();
    this.go('confirm');
  }

  async hold(slotId: string): Promise<void> {
    const [person, wanted] = [this.person(), this.wanted()];
    if (!person || !wanted) return;
    const replaces = this.held()?.state === 'held' ? this.held()?.id : wanted.replaces?.id;
    const body = { slotId, dose: wanted.dose.number, ...(replaces ? { replaces } : {}) };
    const held = await this.ask(() =>
      this.api.POST('/api/v1/residents/{id}/bookings', {
        params: { path: { id: person.resident.id } },
        body,
        headers: { 'Idempotency-Key': this.keyFor(['hold', body]) },
      }),
    );
    // Answered is done: the same seat wanted once more, after its time ran out, is another request.
    this.keys.clear();
    if (!held) return;
    this.held.set(held);
    if (Object.keys(this.answers()).length === 0) this.startAnswers();
    this.go('confirm');
  }

  /** Undefined when it is done; otherwise why not, with faults for the fields. */
  async confirm(answers: Answers): Promise<Problem | undefined> {
    const held = this.held();
    if (!held) return undefined;
    this.answers.set(answers);
    const booking = await this.ask(() =>
      this.api.POST('/api/v1/bookings/{id}/confirm', {
        params: { path: { id: held.id } },
        body: { answers },
        headers: { 'Idempotency-Key': this.keyFor(['confirm', held.id, answers]) },
      }),
    );
    if (!booking) return this.problem();
    this.confirmed.set(booking);
    this.held.set(undefined);
    this.answers.set({});
    this.keys.clear();
    this.go('done');
    void this.refresh();
    return undefined;
  }

  /** Notes that the caller declares to belong to a group. False: it was not noted. */
  async declare(group: string): Promise<boolean> {
    const id = this.person()?.resident.id;
    if (id === undefined) return false;
    const done = await this.ask(() =>
      this.api.POST('/api/v1/residents/{id}/declarations', { params: { path: { id } }, body: { groups: [group] } }),
    );
    if (done) await this.refresh();
    return done !== undefined;
  }

  /** Gives a hold back, or cancels a booking. */
  async cancel(booking: Booking): Promise<boolean> {
    const done = await this.ask(() =>
      this.api.POST('/api/v1/bookings/{id}/cancel', {
        params: { path: { id: booking.id } },
        headers: { 'Idempotency-Key': this.keyFor(['cancel', booking.id, booking.version]) },
      }),
    );
    if (!done) return false;
    if (this.held()?.id === booking.id) this.held.set(undefined);
    await this.refresh();
    return true;
  }

  /** Shows a booking that is there once more, to be read out or printed. */
  show(booking: Booking): void {
    this.confirmed.set(booking);
    this.go('done');
  }

  /** A step back. A seat that is held stays held until its time is over or another one takes its place. */
  back(): void {
    switch (this.stage()) {
      case 'identity':
        this.go('find');
        break;
      case 'choose':
        this.go(this.held() ? 'confirm' : 'person');
        break;
      case 'confirm':
        this.go('choose');
        break;
      case 'done':
        this.go('person');
        break;
      case 'find':
      case 'person':
        break;
    }
  }

  /** The call is over; the next person. */
  async next(): Promise<void> {
    if (this.confirmed()) this.served.update((count) => count + 1);
    await this.closePerson();
    this.text.set('');
    this.found.set(undefined);
    this.leavePerson();
    this.go('find');
  }

  go(stage: Stage): void {
    this.problem.set(undefined);
    this.guidance.set(undefined);
    this.stage.set(stage);
  }

  /** Gives back what is still held, and closes the data that the identity check opened. */
  private async closePerson(): Promise<void> {
    const held = this.held();
    if (held) await this.api.POST('/api/v1/bookings/{id}/cancel', { params: { path: { id: held.id } } });
    const id = this.person()?.resident.id;
    if (id !== undefined) await this.api.POST('/api/v1/residents/{id}/close', { params: { path: { id } } });
  }

  private leavePerson(): void {
    this.candidate.set(undefined);
    this.said.set({});
    this.person.set(undefined);
    this.wanted.set(undefined);
    this.held.set(undefined);
    this.answers.set({});
    this.confirmed.set(undefined);
    this.keys.clear();
  }

  private clear(): void {
    this.leavePerson();
    this.text.set('');
    this.found.set(undefined);
    this.venue.set(undefined);
    this.day.set(undefined);
    this.served.set(0);
    this.go('find');
  }

  /** What was answered before is filled in again; consent is asked for again, unless a booking is only moved. */
  private startAnswers(): void {
    const moving = this.wanted()?.replaces !== undefined;
    this.answers.set(
      Object.fromEntries(Object.entries(this.person()?.answers ?? {}).filter(([, value]) => moving || value !== true)),
    );
  }

  private async ask<Value>(request: () => Promise<{ data?: Value; error?: Problem }>): Promise<Value | undefined> {
    if (this.busy()) return undefined;
    this.busy.set(true);
    this.problem.set(undefined);
    const { data, error } = await request();
    this.busy.set(false);
    this.problem.set(error);
    if (error?.code === 'identity_required' && this.person()) {
      // The half hour is over: what the caller says has to be compared again.
      this.messages.problem('ご本人の確認から30分が過ぎました。もう一度確認してください。');
      this.person.set(undefined);
      this.stage.set(this.candidate() ? 'identity' : 'find');
    }
    return data;
  }

  /** The same request sent again after a lost connection is the same to the server; another one is not. */
  private keyFor(request: unknown): string {
    const text = JSON.stringify(request);
    const key = this.keys.get(text) ?? crypto.randomUUID();
    this.keys.set(text, key);
    return key;
  }

  /** What was searched by need not be asked again, except a name, of which only the beginning may have been said. */
  private saidInSearch(candidate: Schema<'ResidentCandidate'>): Said {
    const by = this.found()?.by ?? [];
    const rest = this.text()
      .trim()
      .split(/[\s\u3000]+/)
      .filter((word) => !kanaWord.test(word))
      .join(' ');
    if (by.includes('reference') || by.filter((kind) => kind !== 'kana').length === 0) return {};
    if (by.includes('birthDate'))
      return by.length === 1 || (by.length === 2 && by.includes('kana')) ? { birthDate: rest } : {};
    const digits = rest.normalize('NFKC').replace(/\D/g, '');
    return by.includes('couponNumber') && (!by.includes('telephone') || digits.endsWith(candidate.numberEnd))
      ? { couponNumber: rest }
      : { telephone: rest };
  }

  private momentOfStage(): Moment {
    const code = this.problem()?.code;
    switch (this.stage()) {
      case 'find':
        return this.found()?.candidates.length === 0 ? 'number_unknown' : 'find';
      case 'identity':
        return code === 'protected_resident' ? 'protected' : 'identity';
      case 'person':
        if (this.person()?.lockedUntil) return 'log_in_lock';
        // A permit opens a dose although the group is not open.
        return this.person()?.resident.group.isOpen === false &&
          !this.person()?.doses.some((dose) => dose.state === 'open')
          ? 'not_open'
          : 'choose';
      case 'choose':
        return code === 'slot_full' ? 'full' : this.wanted()?.replaces ? 'move' : 'choose';
      case 'confirm':
        return 'confirm';
      case 'done':
        return 'done';
    }
  }
}
