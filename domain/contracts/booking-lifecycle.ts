/**
 * The life of a booking, once: the SQL guard (`booking_transition`), the workflow and the screens follow this table.
 *
 *   (none) → held → confirmed ⇄ attended
 *              │        ├────→ no_show → attended
 *              │        └────→ cancelled
 *              └→ expired | released
 *
 * Two steps take an end back, both by a person: a check-in that was a mistake is undone, and a person who counted as
 * not come was there after all (a list kept on paper or off line is entered later).
 */
export const bookingStates = ['held', 'confirmed', 'attended', 'no_show', 'cancelled', 'expired', 'released'] as const;
export type BookingState = (typeof bookingStates)[number];

export const bookingActions = ['confirm', 'expire', 'give_up', 'cancel', 'attend', 'undo_check_in', 'miss'] as const;
export type BookingAction = (typeof bookingActions)[number];

/**
 * What happened, as `booking_event.type`: named after the state it leads to, but for the step back from `attended` to `confirmed`,
 * and for a confirmed booking that was brought under a newer version of its programme.
 */
export const bookingEventTypes = [...bookingStates, 'check_in_undone', 'programme_changed'] as const;
export type BookingEventType = (typeof bookingEventTypes)[number];

/** The state in which an event leaves the booking. */
export function stateAfter(type: BookingEventType): BookingState {
  return type === 'check_in_undone' || type === 'programme_changed' ? 'confirmed' : type;
}

const transitions: Readonly<Record<BookingState, Partial<Record<BookingAction, BookingState>>>> = {
  held: { confirm: 'confirmed', expire: 'expired', give_up: 'released' },
  confirmed: { cancel: 'cancelled', attend: 'attended', miss: 'no_show' },
  attended: { undo_check_in: 'confirmed' },
  no_show: { attend: 'attended' },
  cancelled: {},
  expired: {},
  released: {},
};

/** The state after `action`, or undefined where the life of a booking does not allow it. */
export function nextState(state: BookingState, action: BookingAction): BookingState | undefined {
  return transitions[state][action];
}

/** Whether an event may happen to a booking in this state. */
export function isAllowedStep(from: BookingState, type: BookingEventType): boolean {
  if (type === 'programme_changed') return from === 'confirmed';
  const to = stateAfter(type);
  return bookingActions.some((action) => transitions[from][action] === to);
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

/** States after which nothing more happens by itself; from two of them a person may still take the end back. */
export function isEnded(state: BookingState): boolean {
  return state !== 'held' && state !== 'confirmed';
}

/** Whether a step takes an end back: what drives the booking may be over by then, and has to start again. */
export function takesEndBack(from: BookingState, to: BookingState): boolean {
  return isEnded(from) && from !== to;
}
