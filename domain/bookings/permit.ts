/**
 * A permit lets one person be booked for one dose by an operator although their group may not book (yet): given by a
 * supervisor, for a reason and for a time. Days.
 */
export const permitDaysMost = 30;
export const permitDaysUsual = 7;
