import { upsertMemo } from '@temporalio/workflow';

import type { BookingLifecycleInput } from '../../domain/contracts/booking-workflow';
import { bookingLifecycle as unchanged } from '../../workflows/bookings/booking-lifecycle';

/** What a well-meant change looks like: one more thing is noted at the start. Histories made before it no longer fit. */
export async function bookingLifecycle(input: BookingLifecycleInput): Promise<unknown> {
  upsertMemo({ noted: true });
  return unchanged(input);
}
