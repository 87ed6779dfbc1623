import { ChangeDetectionStrategy, Component, computed, inject, type OnInit, signal } from '@angular/core';
import { FormsModule } from '@angular/forms';
import { MatButton } from '@angular/material/button';
import { MatFormField, MatLabel } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { MatOption, MatSelect } from '@angular/material/select';

import { Api, type Schema } from '../api/api';
import { EmptyState } from '../shared/empty-state';
import { Icon } from '../shared/icon';
import { loaded } from '../shared/loaded';
import { PageHeader } from '../shared/page-header';
import { ProblemNote } from '../shared/problem-note';
import { urlState } from '../shared/url-state';
import { NewStaff } from './new-staff';
import { OneTimePassword } from './one-time-password';
import { roleChoices, roleLabelOf } from './roles';
import { type StaffMember, StaffPanel } from './staff-panel';

/** 職員: who works with Toki, in which role, and how each of them gets in. */
@Component({
  selector: 'toki-staff',
  imports: [
    EmptyState,
    FormsModule,
    Icon,
    MatButton,
    MatFormField,
    MatInput,
    MatLabel,
    MatOption,
    MatSelect,
    NewStaff,
    OneTimePassword,
    PageHeader,
    ProblemNote,
    StaffPanel,
  ],
  templateUrl: './staff.html',
  styleUrl: './staff.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Staff implements OnInit {
  private readonly api = inject(Api);
  protected readonly url = urlState('text', 'role', 'state', 'person', 'new');
  protected readonly roles = roleChoices;
  protected readonly roleLabel = roleLabelOf;
  protected readonly list = loaded(() => this.api.client.GET('/api/v1/staff'));
  protected readonly told = signal<Schema<'OneTimePassword'> | undefined>(undefined);
  protected readonly people = computed(() => {
    const { text, role, state } = this.url.values();
    const wanted = text.normalize('NFKC').toLowerCase();
    return (this.list.value()?.staff ?? []).filter(
      (person) =>
        (wanted === '' || `${person.login} ${person.displayName}`.normalize('NFKC').toLowerCase().includes(wanted)) &&
        (role === '' || person.role === role) &&
        (state === '' || stateOf(person) === state),
    );
  });
  protected readonly chosen = computed(() =>
    this.list.value()?.staff.find((person) => person.id === this.url.values().person),
  );
  protected readonly stateOf = stateOf;
  protected readonly states = stateWords;

  ngOnInit(): void {
    void this.list.reload();
  }

  protected choose(person: StaffMember | undefined): void {
    this.url.set({ person: person?.id ?? '', new: '' });
  }

  protected openNew(): void {
    this.told.set(undefined);
    this.url.set({ new: '1', person: '' });
  }

  protected changed(person: StaffMember): void {
    const staff = this.list.value()?.staff ?? [];
    this.list.set({
      staff: staff.some((item) => item.id === person.id)
        ? staff.map((item) => (item.id === person.id ? person : item))
        : [...staff, person],
    });
  }

  protected tell(made: Schema<'OneTimePassword'>): void {
    this.told.set(made);
    this.changed(made.staff);
    this.choose(made.staff);
  }
}

const stateWords = { active: '利用中', new: '初回ログイン待ち', disabled: '停止中' } as const;

function stateOf({ disabled, isNew, linked }: StaffMember): keyof typeof stateWords {
  return disabled ? 'disabled' : isNew && !linked ? 'new' : 'active';
}
