/** SQL: whether citizens wait at any process. Signs end by themselves (`database/bookings/rush.ts`). */
export const rushIsOn = 'EXISTS (SELECT 1 FROM rush WHERE rush.until > now())';
