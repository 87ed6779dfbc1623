export { bookingLifecycle } from './booking-lifecycle';
export { dropFolder } from './drop-folder';
export { eligibilityImport } from './eligibility-import';
export { undoImport } from './undo-import';
