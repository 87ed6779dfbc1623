import type { Words } from '../words/words';

const steps = [
  { label: 'stepper.venue', title: 'stepper.venue_title' },
  { label: 'stepper.time', title: 'stepper.time_title' },
  { label: 'stepper.contacts', title: 'stepper.contacts_title' },
  { label: 'stepper.check', title: 'stepper.check_title' },
  { label: 'stepper.done_step', title: 'stepper.done_title' },
] as const;

/** @param current 1–5 */
export function stepperModel({ t }: Words, current: number) {
  const title = steps[current - 1]?.title;
  return {
    current,
    total: steps.length,
    title: title === undefined ? '' : t(title),
    steps: steps.map(({ label }, index) => ({
      label: t(label),
      number: index + 1,
      isDone: index + 1 < current,
      isCurrent: index + 1 === current,
    })),
  };
}
