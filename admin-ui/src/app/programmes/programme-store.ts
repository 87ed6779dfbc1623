import { computed, inject, Injectable, signal } from '@angular/core';

import { Api, type Problem, type Schema } from '../api/api';
import type { Difference } from '../shared/conflict';
import { Messages } from '../shared/messages';
import {
  isRecord,
  type Json,
  type Node,
  type Path,
  textOf,
  valueAt,
  withValue,
  type Words,
  wordsFor,
} from './document';

export type Draft = Schema<'ProgrammeDraft'>;
type Version = Schema<'ProgrammeVersion'>;

/** How long a person has to pause before what they typed is saved, ms. */
const pauseMs = 700;

/** One programme as its pages show it: its draft, which saves itself, its versions, and what a document may hold. */
@Injectable()
export class ProgrammeStore {
  private readonly api = inject(Api);
  private readonly messages = inject(Messages);
  readonly code = signal('');
  readonly draft = signal<Draft | undefined>(undefined);
  readonly versions = signal<readonly Version[]>([]);
  readonly seatShare = signal(0);
  readonly loadedOnce = signal(false);
  readonly problem = signal<Problem | undefined>(undefined);
  readonly schema = signal<Node>({});
  readonly parts = signal<Readonly<Record<string, Words>>>({});
  readonly placeholders = signal<readonly Schema<'Placeholder'>[]>([]);
  /** The city's venues, to choose from. */
  readonly venues = signal<readonly { readonly code: string; readonly name: string }[]>([]);
  /** As it is in the form, saved or not. */
  readonly document = signal<Json>(undefined);
  readonly state = signal<'saved' | 'waiting' | 'saving' | 'failed'>('saved');
  /** Another person saved first: what differs. */
  readonly conflict = signal<readonly Difference[] | undefined>(undefined);
  /** As the draft says; without one, as it is published. */
  readonly name = computed(() => textOf(valueAt(this.document(), ['name'])) || this.knownAs() || this.code());
  private readonly knownAs = signal('');
  private readonly faults = computed(() => new Map((this.draft()?.faults ?? []).map((fault) => [fault.path, fault])));
  private timer: ReturnType<typeof setTimeout> | undefined;
  private saving: Promise<void> = Promise.resolve();

  async open(code: string): Promise<void> {
    this.code.set(code);
    if (Object.keys(this.parts()).length === 0) {
      const { data } = await this.api.client.GET('/api/v1/programme-editor');
      if (data) {
        this.schema.set(data.schema);
        this.parts.set(data.parts);
        this.placeholders.set(data.placeholders);
      }
      const { data: city } = await this.api.client.GET('/api/v1/city/venues');
      if (city) this.venues.set(city.venues.map(({ code: venue, name }) => ({ code: venue, name })));
    }
    await this.reload();
  }

  async reload(): Promise<void> {
    const { data, error } = await this.api.client.GET('/api/v1/programmes/{code}', {
      params: { path: { code: this.code() } },
    });
    this.problem.set(error);
    if (data) {
      this.knownAs.set(data.name);
      this.versions.set(data.versions);
      this.seatShare.set(data.seatShare);
      this.take(data.draft);
    }
    this.loadedOnce.set(true);
  }

  words(path: Path): Words {
    return wordsFor(this.parts(), path);
  }

  faultAt(path: Path): string | undefined {
    return this.faults().get(path.join('.'))?.sentence;
  }

  /** What a step of the journey is called: its own name, or what sets it off. */
  stepName(step: Readonly<Record<string, Json>>): string {
    const label = textOf(step['label']);
    if (label !== '') return label;
    const when = isRecord(step['when']) ? textOf(step['when']['kind']) : '';
    const [on, at] = [
      this.words(['journey', 0, 'on']).values?.[textOf(step['on'])] ?? textOf(step['id']),
      this.words(['journey', 0, 'when', 'kind']).values?.[when],
    ];
    return when === 'now' || at === undefined ? on : `${on}、${at}`;
  }

  /** A text of notices by what it is for: 「予約が確定したとき（confirmation）」. */
  templateName(code: string): string {
    const steps = this.value(['journey']);
    const step = Array.isArray(steps)
      ? (steps as Json[]).filter(isRecord).find((item) => item['template'] === code)
      : undefined;
    return step ? `${this.stepName(step)}（${code}）` : code;
  }

  value(path: Path): Json {
    return valueAt(this.document(), path);
  }

  /** Changes one part; `undefined` takes it out. Saved a moment later. */
  set(path: Path, value: Json): void {
    this.document.set(withValue(this.document(), path, value));
    this.state.set('waiting');
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), pauseMs);
  }

  /** What is typed but not saved goes out now. */
  async flush(): Promise<void> {
    if (this.state() === 'waiting' || this.state() === 'failed') await this.save();
    await this.saving;
  }

  save(): Promise<void> {
    clearTimeout(this.timer);
    this.saving = this.saving.then(() => this.send());
    return this.saving;
  }

  async step(way: 'undo' | 'redo'): Promise<void> {
    await this.flush();
    const draft = this.draft();
    if (!draft) return;
    const params = { path: { code: this.code() } };
    const body = { version: draft.version };
    const { data, error } =
      way === 'undo'
        ? await this.api.client.POST('/api/v1/programmes/{code}/draft/undo', { params, body })
        : await this.api.client.POST('/api/v1/programmes/{code}/draft/redo', { params, body });
    if (data) this.take(data);
    else this.messages.problem(error.detail);
  }

  async begin(from: number): Promise<boolean> {
    const { data, error } = await this.api.client.POST('/api/v1/programmes/{code}/draft', {
      params: { path: { code: this.code() } },
      body: { from },
    });
    if (data) this.take(data);
    else this.messages.problem(error.detail);
    return data !== undefined;
  }

  take(draft: Draft | undefined): void {
    this.draft.set(draft);
    this.document.set(draft?.document);
    this.conflict.set(undefined);
    this.state.set('saved');
  }

  /** After a conflict: mine over theirs. */
  async keepMine(): Promise<void> {
    const { data } = await this.api.client.GET('/api/v1/programmes/{code}/draft', {
      params: { path: { code: this.code() } },
    });
    if (!data) return;
    this.draft.set(data);
    this.conflict.set(undefined);
    await this.save();
  }

  private async send(): Promise<void> {
    const draft = this.draft();
    const document = this.document();
    if (!draft || this.conflict()) return;
    this.state.set('saving');
    const { data, error } = await this.api.client.PATCH('/api/v1/programmes/{code}/draft', {
      params: { path: { code: this.code() } },
      body: { version: draft.version, document: document as Record<string, unknown> },
    });
    if (data) {
      this.draft.set(data);
      this.state.set(this.document() === document ? 'saved' : 'waiting');
    } else if (error.code === 'changed_meanwhile') await this.compare(document);
    else {
      this.state.set('failed');
      this.messages.problem(error.detail);
    }
  }

  private async compare(mine: Json): Promise<void> {
    this.state.set('failed');
    const { data } = await this.api.client.GET('/api/v1/programmes/{code}/draft', {
      params: { path: { code: this.code() } },
    });
    if (!data) return;
    const { data: found } = await this.api.client.POST('/api/v1/programme-editor/differences', {
      body: { before: data.document, after: mine as Record<string, unknown> },
    });
    this.conflict.set(
      (found?.differences ?? []).map(({ place, before, after }) => ({
        label: place,
        theirs: before ?? '',
        mine: after ?? '',
      })),
    );
  }
}
