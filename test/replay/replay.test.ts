import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';

import { bookingTaskQueue } from '../../domain/contracts/booking-workflow';
import { failureConverterPath } from '../../engine/temporal/data-converter';
import { buildWorkflowBundle } from '../../engine/temporal/workflow-bundle';
import { historyFromText, namesWithoutTimeSkipping } from '../support/histories';
import { testWorkflowBundle } from '../worlds/booking-world';
import { scenarios } from './scenarios';

const folder = join(__dirname, 'histories');
const recorded = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => ({
    name: file.replace('.json', ''),
    history: historyFromText(readFileSync(join(folder, file), 'utf8')),
  }));

/** The error of each replayed history, by its name. */
async function replay(workflowBundle: WorkflowBundleOption): Promise<Record<string, Error | undefined>> {
  const errors: Record<string, Error | undefined> = {};
  const options = { workflowBundle, dataConverter: { failureConverterPath }, taskQueue: bookingTaskQueue };
  for await (const { workflowId, error } of Worker.runReplayHistories(
    options,
    recorded.map(({ name, history }) => ({ workflowId: name, history })),
  )) {
    errors[workflowId] = error;
  }
  return errors;
}

test('there is a history of every ending', () => {
  for (const { name } of scenarios) expect(recorded.filter((item) => item.name.startsWith(name))).not.toEqual([]);
});

test('a finished booking has at most 35 events in its history', () => {
  const attended = recorded.find((item) => item.name === 'attended-with-next-dose');
  const names = namesWithoutTimeSkipping(attended?.history.events ?? []);
  expect(names).toContain('TimerFired');
  expect(names.length).toBeLessThanOrEqual(35);
});

test('the workflow replays every history as it was', async () => {
  expect(await replay(await testWorkflowBundle())).toEqual(
    Object.fromEntries(recorded.map(({ name }) => [name, undefined])),
  );
});

test('a changed workflow does not: this test bites', async () => {
  const errors = Object.values(await replay(await buildWorkflowBundle(require.resolve('./changed-workflows'))));
  expect(errors).toHaveLength(recorded.length);
  for (const error of errors) expect(error).toBeInstanceOf(DeterminismViolationError);
});
