/**
 * The life of a booking, once: the SQL guard (`booking_transition`), the workflow and the screens follow this table.
 *
 *   (none) → held → confirmed → attended | no_show
 *              │        └────→ cancelled
 *              └→ expired | released
 */
export const bookingStates = ['held', 'confirmed', 'attended', 'no_show', 'cancelled', 'expired', 'released'] as const;
export type BookingState = (typeof bookingStates)[number];

export const bookingActions = ['confirm', 'expire', 'release', 'cancel', 'attend', 'miss'] as const;
export type BookingAction = (typeof bookingActions)[number];

/** What happened, as `booking_event.type`; every type but `held` is named after the state it leads to. */
export type BookingEventType = BookingState;

const transitions: Readonly<Record<BookingState, Partial<Record<BookingAction, BookingState>>>> = {
  held: { confirm: 'confirmed', expire: 'expired', release: 'released' },
  confirmed: { cancel: 'cancelled', attend: 'attended', miss: 'no_show' },
  attended: {},
  no_show: {},
  cancelled: {},
  expired: {},
  released: {},
};

/** The state after `action`, or undefined where the life of a booking does not allow it. */
export function nextState(state: BookingState, action: BookingAction): BookingState | undefined {
  return transitions[state][action];
}

/** Every allowed step, for the guard in the database and for drawings. */
export function allowedSteps(): { from: BookingState; action: BookingAction; to: BookingState }[] {
  return bookingStates.flatMap((from) =>
    bookingActions.flatMap((action) => {
      const to = transitions[from][action];
      return to ? [{ from, action, to }] : [];
    }),
  );
}

/** States in which a booking occupies its seat. */
export function takesSeat(state: BookingState): boolean {
  return state === 'held' || state === 'confirmed' || state === 'attended' || state === 'no_show';
}

/** States in which the dose counts as booked (or given): no second booking for the same dose beside it. */
export function countsForDose(state: BookingState): boolean {
  return state === 'confirmed' || state === 'attended';
}

/** States after which nothing more happens. */
export function isEnded(state: BookingState): boolean {
  return Object.keys(transitions[state]).length === 0;
}
