import { temporal } from '@temporalio/proto';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** Names of events as the Temporal UI shows them: `WorkflowExecutionStarted`, `TimerFired`, … */
export function eventNames(events: readonly HistoryEvent[]): string[] {
  return events.map(({ eventType }) => {
    const name = temporal.api.enums.v1.EventType[eventType ?? 0] ?? '';
    return name.replace('EVENT_TYPE_', '').toLowerCase().replace(/(^|_)([a-z])/g, (_all, _gap, letter: string) => letter.toUpperCase());
  });
}

/** Events that only the skipping of time in tests brings about. */
export const ofTimeSkipping: ReadonlySet<string> = new Set(['WorkflowExecutionOptionsUpdated', 'WorkflowExecutionTimeSkippingTransitioned']);
