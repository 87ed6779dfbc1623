import { ChangeDetectionStrategy, Component, computed, ElementRef, inject, input } from '@angular/core';
import { MatButton } from '@angular/material/button';

import {
  blankOf,
  branchOf,
  isRecord,
  type Json,
  kindOfField,
  kindsOf,
  nameOfItem,
  type Node,
  type Path,
  tellsApart,
  textOf,
  toInstant,
  toLocal,
} from './document';
import { ProgrammeStore } from './programme-store';
import { TemplateField } from './template-field';

/** Names for programs: at the end, where nobody has to begin with them. */
function isCode(name: string, path: Path): boolean {
  return name === 'code' || name === 'id' || (name === 'name' && path[0] === 'form');
}

interface Choice {
  readonly value: string;
  readonly label: string;
}

/**
 * One part of a document, whatever the schema says that it is: a field, a list of cards, a choice of kinds. Nothing here knows what a
 * programme is, so a document that can say more needs no new form.
 */
@Component({
  selector: 'toki-part-field',
  imports: [MatButton, TemplateField],
  templateUrl: './part-field.html',
  styleUrl: './part-field.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PartField {
  readonly node = input.required<Node>();
  readonly path = input.required<Path>();
  readonly optional = input(false);
  protected readonly store = inject(ProgrammeStore);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  protected readonly id = computed(() => `field-${this.path().join('.')}`);
  protected readonly words = computed(() => this.store.words(this.path()));
  protected readonly kind = computed(() => {
    const kind = kindOfField(this.node(), this.words());
    // Names of other parts are chosen, never typed.
    if (kind === 'lines' && this.known().length > 0) return 'choices';
    return kind === 'text' && this.known().length > 0 ? 'choice' : kind;
  });
  protected readonly value = computed(() => this.store.value(this.path()));
  protected readonly fault = computed(() => this.store.faultAt(this.path()));
  protected readonly isThere = computed(() => this.value() !== undefined);
  /** The other parts of the document that this one names. */
  private readonly known = computed((): Choice[] => {
    const last = String(this.path().at(-1));
    const first = this.path()[0];
    if (last === 'venues') return this.store.venues().map((venue) => ({ value: venue.code, label: venue.name }));
    if (first === 'noticeLanguage' && last === 'field') return this.formFields((field) => field['kind'] === 'choice');
    if (first === 'form' && this.path().includes('showWhen')) {
      // Only what is before a field can be asked about.
      const earlier = (field: Record<string, Json>, at: number) =>
        at < Number(this.path()[2]) && field['kind'] !== 'note';
      if (last === 'field') return this.formFields(earlier);
      if (last === 'values') return this.optionsOf(textOf(this.store.value([...this.path().slice(0, -1), 'field'])));
    }
    const list = (part: string) => (this.store.value([part]) as Json[] | undefined) ?? [];
    if (last === 'groups' && this.path().length > 1)
      return list('groups')
        .filter(isRecord)
        .map((group) => ({ value: String(group['code']), label: nameOfItem(group) }));
    if (last === 'doses' && this.path().length > 1)
      return list('doses')
        .filter(isRecord)
        .map((dose) => ({ value: String(dose['number']), label: nameOfItem(dose) }));
    if (last === 'template')
      return Object.keys((this.store.value(['templates']) as Record<string, Json> | undefined) ?? {}).map((value) => ({
        value,
        label: this.store.templateName(value),
      }));
    return [];
  });
  protected readonly choices = computed((): Choice[] => {
    if (this.known().length > 0) return this.known();
    const node = this.node();
    const values = this.kind() === 'choices' ? this.store.words([...this.path(), 0]).values : this.words().values;
    return (node.enum ?? node.items?.enum ?? []).map((value) => ({ value, label: values?.[value] ?? value }));
  });
  protected readonly text = computed(() =>
    this.value() === undefined || this.value() === null ? '' : String(this.value()),
  );
  protected readonly local = computed(() => toLocal(this.value()));
  protected readonly lines = computed(() =>
    Array.isArray(this.value()) ? (this.value() as Json[]).map(String).join('\n') : '',
  );
  protected readonly items = computed(() => (Array.isArray(this.value()) ? (this.value() as Json[]) : []));
  protected readonly entries = computed(() => (isRecord(this.value()) ? Object.keys(this.value() as object) : []));
  protected readonly branch = computed(() => branchOf(this.node(), this.value()));
  protected readonly tells = computed(() => tellsApart(this.node()) ?? '');
  protected readonly kinds = computed((): Choice[] => {
    const values = this.store.words([...this.path(), this.tells()]).values;
    return kindsOf(this.node()).map((value) => ({ value, label: values?.[value] ?? value }));
  });
  protected readonly chosenKind = computed(() =>
    textOf((this.value() as Record<string, Json> | undefined)?.[this.tells()]),
  );
  /** The fields of an object or of the chosen kind; those that must be there first. */
  protected readonly fields = computed(() => {
    const node = this.kind() === 'union' ? (this.branch() ?? {}) : this.node();
    const required = node.required ?? [];
    return (
      Object.entries(node.properties ?? {})
        .filter(([name, part]) => (part.const === undefined || part.const === true) && !this.isBesideThePoint(name))
        .map(([name, part]) => ({ name, part, path: [...this.path(), name], optional: !required.includes(name) }))
        // What people call a thing comes before what programs call it.
        .sort((a, b) => Number(isCode(a.name, a.path)) - Number(isCode(b.name, b.path)))
    );
  });
  protected readonly hasHeading = computed(() => (this.path().length === 1 && !this.words().silent) || this.optional());
  protected readonly item = computed(() => this.words().item ?? this.words().label);

  private formFields(fits: (field: Record<string, Json>, at: number) => boolean): Choice[] {
    const fields = (this.store.value(['form', 'fields']) as Json[] | undefined) ?? [];
    return fields.flatMap((field, at) =>
      isRecord(field) && fits(field, at) ? [{ value: textOf(field['name']), label: nameOfItem(field) }] : [],
    );
  }

  private optionsOf(name: string): Choice[] {
    const field = ((this.store.value(['form', 'fields']) as Json[] | undefined) ?? [])
      .filter(isRecord)
      .find((item) => item['name'] === name);
    const options = field?.['options'];
    return Array.isArray(options)
      ? (options as Json[])
          .filter(isRecord)
          .map((option) => ({ value: textOf(option['value']), label: nameOfItem(option) }))
      : [];
  }

  /** What means nothing beside the other answers of a step, and was not said: not asked. */
  private isBesideThePoint(name: string): boolean {
    const value = this.value();
    if (this.path()[0] !== 'journey' || this.path().length !== 2 || !isRecord(value) || value[name] !== undefined)
      return false;
    const when = isRecord(value['when']) ? value['when']['kind'] : undefined;
    if (name === 'by') return value['on'] !== 'cancelled';
    if (name === 'notWithinHours') return when !== 'days_before';
    return name === 'onlyWithoutNextDose' && ((this.store.value(['doses']) as Json[] | undefined) ?? []).length < 2;
  }

  /** How people call an entry of a record. */
  protected entryName(name: string): string {
    return this.path().at(-1) === 'templates' ? this.store.templateName(name) : name;
  }

  protected nameOf(index: number): string {
    const item = this.items()[index];
    if (this.path().join('.') === 'journey' && isRecord(item)) return this.store.stepName(item);
    return nameOfItem(item) || `${String(index + 1)}番目`;
  }

  protected write(value: Json): void {
    this.store.set(this.path(), value === '' && this.optional() ? undefined : value);
  }

  protected typed(event: Event): void {
    this.write((event.target as HTMLInputElement).value);
  }

  protected typedNumber(event: Event): void {
    const { value } = event.target as HTMLInputElement;
    this.store.set(this.path(), value === '' ? (this.optional() ? undefined : null) : Number(value));
  }

  /** City time. A day alone begins at nine, when offices open. */
  protected typedInstant(day: string, time: string): void {
    this.write(day === '' ? '' : toInstant(`${day}T${time === '' ? '09:00' : time}`));
  }

  protected ticked(event: Event): void {
    const { checked } = event.target as HTMLInputElement;
    this.store.set(this.path(), checked ? true : this.optional() ? undefined : false);
  }

  protected has(value: string): boolean {
    return this.items().map(String).includes(value);
  }

  protected tickedOne(value: string, event: Event): void {
    const { checked } = event.target as HTMLInputElement;
    const isNumber = this.node().items?.type === 'integer';
    const chosen = new Set(this.items().map(String));
    if (checked) chosen.add(value);
    else chosen.delete(value);
    const list = this.choices()
      .map((choice) => choice.value)
      .filter((item) => chosen.has(item))
      .map((item) => (isNumber ? Number(item) : item));
    this.store.set(this.path(), list.length === 0 && this.optional() ? undefined : list);
  }

  protected typedLines(event: Event): void {
    const lines = (event.target as HTMLTextAreaElement).value
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
    this.store.set(this.path(), lines.length === 0 && this.optional() ? undefined : lines);
  }

  protected chooseKind(event: Event): void {
    const { value } = event.target as HTMLSelectElement;
    const node = this.node();
    const fresh = (node.oneOf ?? node.anyOf ?? []).find(
      (branch) => String(branch.properties?.[this.tells()]?.const) === value,
    );
    const old = isRecord(this.value()) ? (this.value() as Record<string, Json>) : {};
    const blank = blankOf(fresh ?? {}, this.store.document()) as Record<string, Json>;
    // What both kinds have is kept.
    const kept = Object.fromEntries(
      Object.entries(old).filter(([name]) => name !== this.tells() && fresh?.properties?.[name] !== undefined),
    );
    this.store.set(this.path(), { ...blank, ...kept });
  }

  protected begin(): void {
    this.store.set(
      this.path(),
      this.kind() === 'list' ? [this.blankItem()] : blankOf(this.node(), this.store.document()),
    );
  }

  protected end(): void {
    this.store.set(this.path(), undefined);
  }

  protected add(): void {
    this.store.set(this.path(), [...this.items(), this.blankItem()]);
    // A person who adds something goes on with it.
    setTimeout(() =>
      [...this.host.querySelectorAll<HTMLElement>(':scope > .group > article')]
        .at(-1)
        ?.querySelector<HTMLElement>('input, select, textarea')
        ?.focus(),
    );
  }

  protected remove(index: number): void {
    const rest = this.items().filter((_, at) => at !== index);
    this.store.set(this.path(), rest.length === 0 && this.optional() ? undefined : rest);
  }

  protected move(index: number, by: number): void {
    const list = [...this.items()];
    const [item] = list.splice(index, 1);
    list.splice(index + by, 0, item);
    this.store.set(this.path(), list);
  }

  protected addEntry(input: HTMLInputElement): void {
    const name = input.value.trim();
    if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(name) || this.entries().includes(name) || !this.node().additionalProperties)
      return;
    this.store.set([...this.path(), name], blankOf(this.node().additionalProperties as Node, this.store.document()));
    input.value = '';
  }

  protected removeEntry(name: string): void {
    this.store.set([...this.path(), name], undefined);
  }

  private blankItem(): Json {
    return blankOf(this.node().items ?? {}, this.store.document(), this.items());
  }
}
