/** Conditions in SQL that comparing and applying have in common: what is counted is what is done. */

/** A resident with one of these has an appointment to come. */
const liveStates = `('held', 'confirmed')`;

/** A resident `r` differs from the staged row `s` of the same number; so does one that was removed and is back. */
export const rowDiffers = `r.digest <> s.digest OR r.group_code <> s.group_code OR r.status <> 'active'`;

/** Rows that say of a person that they are no longer there. */
export const goneCodes = `('moved_out', 'died')`;

/** Residents `r` of programme $1 whom the file of run $2 calls gone. */
export const isGone = `r.programme_id = $1 AND r.status = 'active'
  AND EXISTS (SELECT 1 FROM import_row_error e WHERE e.run_id = $2 AND e.code IN ${goneCodes} AND e.coupon_index = r.coupon_index)`;

export const hasLiveBooking = `EXISTS (SELECT 1 FROM booking b WHERE b.resident_id = r.id AND b.state IN ${liveStates})`;

/** The last run applied to the programme $2. */
export const lastApplied = `SELECT a.id FROM import_run a WHERE a.programme_id = $2 AND a.status = 'applied' ORDER BY a.ended_at DESC LIMIT 1`;

/**
 * Residents `r` of programme $1 that stand nowhere in the file of run $2: neither in a good row nor in a bad one.
 * @param within of the residents' part, said of a blind index: rows beyond it are not read again for each part
 */
export function isMissing(
  table: string,
  programme = '$1',
  run = '$2',
  within: (column: string) => string = () => 'true',
): string {
  return `r.programme_id = ${programme} AND r.status = 'active' AND ${within('r.coupon_index')}
     AND NOT EXISTS (SELECT 1 FROM ${table} s WHERE s.coupon_index = r.coupon_index AND ${within('s.coupon_index')})
     AND NOT EXISTS (SELECT 1 FROM import_row_error e WHERE e.run_id = ${run} AND e.coupon_index = r.coupon_index AND ${within('e.coupon_index')})
     AND NOT EXISTS (SELECT 1 FROM import_carry_over c WHERE c.run_id = ${run} AND c.resident_id = r.id AND c.is_wanted)`;
}
