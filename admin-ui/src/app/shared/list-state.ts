import { computed, type Signal } from '@angular/core';

import { focusRow } from './rows';
import { urlState } from './url-state';

/** A list whose filters, page and open row stand in the URL. `''` is what is not set. */
export interface ListState<Name extends string> {
  readonly values: Signal<Readonly<Record<Name | 'after' | 'id', string>>>;
  /** What the list depends on, as far as it is set; not what is open beside it. */
  readonly asked: Signal<Partial<Record<Name | 'after', string>>>;
  readonly isFiltered: Signal<boolean>;
  /** Other filters: back to the first page, nothing open. */
  filter(changes: Partial<Record<Name, string>>): void;
  reset(): void;
  /** Another page; `''` is the first. */
  turn(after: string): void;
  open(id: string): void;
  /** Closes what is open and puts the focus back on its row. */
  close(): void;
}

/** Within an injection context: `const list = listState(['state', 'from'], ['order'])`. `sorting`: names that order the list and hide nothing of it. */
export function listState<Name extends string>(
  filters: readonly Name[],
  sorting: readonly Name[] = [],
): ListState<Name> {
  const url = urlState<Name | 'after' | 'id'>(...filters, ...sorting, 'after', 'id');
  // An object: a literal fits no record whose names are a parameter.
  const set = (changes: object, how?: { replace: boolean }): void => {
    url.set(changes, how);
  };
  const blank = (names: readonly string[]): object => Object.fromEntries(names.map((name) => [name, '']));
  return {
    values: url.values,
    asked: computed(
      () => {
        const { id: _id, ...rest } = url.values();
        return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== '')) as Partial<
          Record<Name | 'after', string>
        >;
      },
      { equal: (left, right) => JSON.stringify(left) === JSON.stringify(right) },
    ),
    isFiltered: computed(() => filters.some((name) => url.values()[name] !== '')),
    filter: (changes) => set({ ...changes, after: '', id: '' }),
    reset: () => set(blank([...filters, 'after', 'id'])),
    turn: (after) => set({ after, id: '' }),
    open: (id) => set({ id }, { replace: true }),
    close() {
      const { id } = url.values();
      set({ id: '' }, { replace: true });
      focusRow(id);
    },
  };
}
