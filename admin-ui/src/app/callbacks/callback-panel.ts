import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  input,
  output,
  signal,
  untracked,
} from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatFormField, MatHint, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { RouterLink } from '@angular/router';

import { Api, type Problem, type Schema } from '../api/api';
import { CityTime, cityWords } from '../shared/city-time';
import { Conflict, type Difference } from '../shared/conflict';
import { loaded } from '../shared/loaded';
import { Messages } from '../shared/messages';
import { ProblemNote } from '../shared/problem-note';
import { Reference } from '../shared/reference';
import { Session } from '../shared/session';
import { SidePanel } from '../shared/side-panel';
import { Timeline, type TimelineItem } from '../shared/timeline';
import { type CallbackDetail, type CallOutcome, causeWords, endWords, outcomeWords } from './callback-words';

interface Answer {
  readonly data?: CallbackDetail | undefined;
  readonly error?: Problem | undefined;
}

/** A change that is being made: what it does with a version, what it says when it is done, what of it is mine when two meet. */
interface Change {
  readonly send: (version: number) => Promise<Answer>;
  readonly done: (detail: CallbackDetail) => void;
  readonly mine: (theirs: CallbackDetail) => Difference[];
}

/** One person to call: why, until when, whom to ask for, and what came of it. */
@Component({
  selector: 'toki-callback-panel',
  imports: [
    CityTime,
    Conflict,
    MatButton,
    MatFormField,
    MatHint,
    MatInput,
    MatLabel,
    ProblemNote,
    ReactiveFormsModule,
    Reference,
    RouterLink,
    SidePanel,
    Timeline,
  ],
  templateUrl: './callback-panel.html',
  styles: `
    h3 {
      margin: 24px 0 8px;
    }
    .outcomes {
      display: flex;
      flex-wrap: wrap;
      gap: 8px;
      margin-top: 8px;
    }
    .telephone {
      font-size: 1.5rem;
      font-weight: 700;
      display: inline-block;
    }
    mat-form-field {
      margin-top: 12px;
    }
    form + p {
      margin-top: 16px;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class CallbackPanel {
  readonly callbackId = input.required<string>();
  readonly closed = output();
  readonly changed = output();
  private readonly api = inject(Api);
  private readonly messages = inject(Messages);
  private readonly me = inject(Session).me;
  protected readonly causeWords = causeWords;
  protected readonly endWords = endWords;
  protected readonly notReached = (Object.entries(outcomeWords) as [CallOutcome, string][]).filter(
    ([outcome]) => outcome !== 'reached',
  );

  protected readonly detail = loaded(() =>
    this.api.client.GET('/api/v1/callbacks/{id}', { params: { path: { id: this.callbackId() } } }),
  );
  protected readonly assignees = loaded(() => this.api.client.GET('/api/v1/callbacks/assignees'));
  protected readonly contact = signal<Schema<'CallbackContact'> | undefined>(undefined);
  protected readonly refusal = signal('');
  protected readonly busy = signal(false);
  protected readonly differences = signal<readonly Difference[] | undefined>(undefined);
  /** Stays as it is when the connection is lost or another person was quicker. */
  protected readonly form = inject(NonNullableFormBuilder).group({ note: '', dueAt: '' });
  private underWay: Change | undefined;

  protected readonly calls = computed((): TimelineItem[] => {
    const found = this.detail.value();
    if (!found) return [];
    return [
      {
        at: found.createdAt,
        title: found.createdBy === null ? '自動で一覧に入りました' : '電話を約束しました',
        ...(found.createdBy === null ? {} : { detail: found.createdBy }),
        tone: 'soft',
      },
      ...found.attemptList.map((call): TimelineItem => ({
        at: call.at,
        title: outcomeWords[call.outcome],
        detail: [call.staffName, ...(call.note ? [call.note] : [])].join('：'),
        tone: call.outcome === 'reached' ? 'good' : 'soft',
      })),
      ...(found.doneAt !== null && found.end !== 'reached' && found.end !== null
        ? [
            {
              at: found.doneAt,
              title: endWords[found.end],
              detail: found.doneBy ?? '自動',
              tone: 'good',
            } satisfies TimelineItem,
          ]
        : []),
    ];
  });

  constructor() {
    void this.assignees.reload();
    effect(() => {
      this.callbackId();
      untracked(() => {
        this.contact.set(undefined);
        this.refusal.set('');
        this.differences.set(undefined);
        this.form.reset();
        void this.detail.reload();
      });
    });
  }

  protected async showContact(): Promise<void> {
    const { data, error } = await this.api.client.POST('/api/v1/callbacks/{id}/contact', {
      params: { path: { id: this.callbackId() } },
    });
    this.refusal.set(error?.detail ?? '');
    this.contact.set(data);
  }

  protected called(outcome: CallOutcome): Promise<void> {
    const { note, dueAt } = this.form.getRawValue();
    return this.make({
      send: (version) =>
        this.api.client.POST('/api/v1/callbacks/{id}/attempts', {
          params: { path: { id: this.callbackId() } },
          body: {
            version,
            outcome,
            ...(note.trim() === '' ? {} : { note: note.trim() }),
            ...(dueAt === '' || outcome === 'reached' ? {} : { dueAt: cityInstant(dueAt) }),
          },
        }),
      done: (saved) => {
        this.form.reset();
        if (outcome === 'reached')
          this.messages.undoable('話せたとして済みにしました。', () => void this.reopen(saved.id, saved.version));
        else this.messages.done(`記録しました。次は ${cityWords.moment(saved.dueAt)} です。`);
      },
      mine: (theirs) => [
        {
          label: '電話の結果',
          mine: outcomeWords[outcome],
          theirs: theirs.lastOutcome === null ? 'まだ' : outcomeWords[theirs.lastOutcome],
        },
        ...stateDifference(theirs),
      ],
    });
  }

  protected assign(assignedTo: string): Promise<void> {
    const nameOf = (id: string) =>
      this.assignees.value()?.staff.find((person) => person.id === id)?.displayName ?? 'なし';
    return this.make({
      send: (version) =>
        this.api.client.PATCH('/api/v1/callbacks/{id}', {
          params: { path: { id: this.callbackId() } },
          body: { version, assignedTo: assignedTo === '' ? null : assignedTo },
        }),
      done: () =>
        this.messages.done(assignedTo === '' ? '担当を外しました。' : `担当を ${nameOf(assignedTo)} さんにしました。`),
      mine: (theirs) => [
        { label: '担当', mine: nameOf(assignedTo), theirs: theirs.assignedTo?.displayName ?? 'なし' },
        ...stateDifference(theirs),
      ],
    });
  }

  protected assignToMe(): Promise<void> {
    return this.assign(this.me()?.id ?? '');
  }

  protected tickOff(): Promise<void> {
    return this.make({
      send: (version) =>
        this.api.client.POST('/api/v1/callbacks/{id}/tick-off', {
          params: { path: { id: this.callbackId() } },
          body: { version },
        }),
      done: (saved) =>
        this.messages.undoable('電話せずに済みにしました。', () => void this.reopen(saved.id, saved.version)),
      mine: stateDifference,
    });
  }

  protected reopenThis(): Promise<void> {
    const found = this.detail.value();
    return found ? this.reopen(found.id, found.version) : Promise.resolve();
  }

  /** Also from the snack bar, when the panel may show another person already. */
  private async reopen(id: string, version: number): Promise<void> {
    const { data, error } = await this.api.client.POST('/api/v1/callbacks/{id}/reopen', {
      params: { path: { id } },
      body: { version },
    });
    if (error) this.messages.problem(error.detail);
    else if (id === this.callbackId()) this.detail.set(data);
    this.changed.emit();
  }

  protected takeTheirs(): void {
    this.differences.set(undefined);
    this.underWay = undefined;
    this.form.reset();
  }

  protected async keepMine(): Promise<void> {
    this.differences.set(undefined);
    if (this.underWay) await this.make(this.underWay);
  }

  private async make(change: Change): Promise<void> {
    const known = this.detail.value();
    if (!known || this.busy()) return;
    this.underWay = change;
    this.busy.set(true);
    this.refusal.set('');
    const { data, error } = await change.send(known.version);
    this.busy.set(false);
    if (data) {
      this.underWay = undefined;
      this.detail.set(data);
      change.done(data);
      this.changed.emit();
    } else if (error?.code === 'changed_meanwhile') {
      await this.detail.reload();
      const theirs = this.detail.value();
      this.differences.set(theirs ? change.mine(theirs) : []);
      this.changed.emit();
    } else this.refusal.set(error?.detail ?? '');
  }
}

function stateDifference(theirs: CallbackDetail): Difference[] {
  return theirs.doneAt === null
    ? []
    : [{ label: '状態', mine: 'これから電話する', theirs: `済み（${theirs.doneBy ?? '自動'}）` }];
}

/** `2021-05-29T10:30` as typed, which is the city's time. */
function cityInstant(local: string): string {
  return `${local.length === 16 ? `${local}:00` : local}+09:00`;
}
