import { computed, inject, type Signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { ActivatedRoute, Router } from '@angular/router';

/** What is filtered and chosen is in the URL's query: it can be left, found again and sent to a colleague. */
export interface UrlState<Name extends string> {
  /** The values in the URL; `''` for what is not there. */
  readonly values: Signal<Readonly<Record<Name, string>>>;
  /** Changes some of them; `''` takes one out. `replace` keeps the browser's history as it is, e.g. while a person types. */
  set(changes: Partial<Record<Name, string>>, how?: { replace?: boolean }): void;
}

/** Within an injection context: `const filters = urlState('venue', 'from', 'until')`. */
export function urlState<Name extends string>(...names: readonly Name[]): UrlState<Name> {
  const route = inject(ActivatedRoute);
  const router = inject(Router);
  const query = toSignal(route.queryParamMap, { initialValue: route.snapshot.queryParamMap });
  return {
    values: computed(
      () => Object.fromEntries(names.map((name) => [name, query().get(name) ?? ''])) as Record<Name, string>,
      {
        equal: (left, right) => names.every((name) => left[name] === right[name]),
      },
    ),
    set(changes, { replace = false } = {}) {
      const queryParams = Object.fromEntries(
        Object.entries(changes).map(([name, value]) => [name, value === '' ? null : value]),
      );
      void router.navigate([], { relativeTo: route, queryParams, queryParamsHandling: 'merge', replaceUrl: replace });
    },
  };
}
