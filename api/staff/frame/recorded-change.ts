import type { Audit, AuditActor, AuditEntry } from '../../../database/audit';
import type { BookingChange, InvalidAnswers } from '../../../database/bookings';
import type { Refusal } from '../../../domain/contracts/booking-refusals';
import type { BookingEvent } from '../../../domain/contracts/booking-workflow';

export interface ChangeRecorderDependencies {
  readonly audit: Pick<Audit, 'record'>;
  /** Takes events to the workflows, in the background. */
  readonly handOver: { offer(events: readonly BookingEvent[]): void };
}

type Result = BookingChange | Refusal | InvalidAnswers;

/**
 * Makes a change of a booking for a member of staff. Who did it is recorded before (`begun`) and after, under the same request: a
 * change without its record cannot be, even if the process dies in between. What changed is handed over to the workflow.
 */
export function createChangeRecorder({ audit, handOver }: ChangeRecorderDependencies) {
  return async <Outcome extends Result>(
    by: AuditActor,
    entry: Omit<AuditEntry, 'result'>,
    work: () => Promise<Outcome>,
  ): Promise<Outcome> => {
    await audit.record(by, { ...entry, result: 'begun' });
    const result = await work();
    if (result.ok) handOver.offer(result.events);
    await audit.record(by, {
      ...entry,
      ...(result.ok ? { subject: { kind: 'booking' as const, id: result.booking.id } } : {}),
      result: result.ok ? (result.replayed ? 'repeated' : 'done') : result.code,
    });
    return result;
  };
}
