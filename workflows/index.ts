export { assignAppointments } from './assign-appointments';
export { bookingLifecycle } from './booking-lifecycle';
export { dropFolder } from './drop-folder';
export { eligibilityImport } from './eligibility-import';
export { noticeAgain } from './notice-again';
export { undoImport } from './undo-import';
export { programmeRehearsal } from './programme-rehearsal';
export { programmeRelease } from './programme-release';
