import { defineQuery, proxyActivities, setHandler, sleep } from '@temporalio/workflow';

interface Activities {
  ring(hour: number): Promise<void>;
}

export const hoursQuery = defineQuery<number[]>('hours');

/** Rings at the given hours after its start. */
export async function alarmClock(hours: readonly number[]): Promise<number[]> {
  const { ring } = proxyActivities<Activities>({ startToCloseTimeout: '10 seconds' });
  const rung: number[] = [];
  setHandler(hoursQuery, () => rung);
  let passed = 0;
  for (const hour of hours) {
    await sleep(`${String(hour - passed)} hours`);
    passed = hour;
    await ring(hour);
    rung.push(hour);
  }
  return rung;
}
