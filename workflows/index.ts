export { bookingLifecycle } from './booking-lifecycle';
export { eligibilityImport } from './eligibility-import';
