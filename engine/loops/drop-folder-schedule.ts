import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';

import { dropFolderScheduleId, dropFolderWorkflowType, importTaskQueue } from '../../domain/imports/import-workflow';

/** What a look into the drop folder missed for longer than this is not made up for: the next look sees the same files. */
const catchupWindow = '10 minutes';

/** Makes the Schedule that looks into the drop folder every minute. One that is there stays, paused or not. */
export async function ensureImportSchedule(client: Client): Promise<void> {
  try {
    await client.schedule.create({
      scheduleId: dropFolderScheduleId,
      spec: { intervals: [{ every: '1 minute' }] },
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow },
      action: {
        type: 'startWorkflow',
        workflowType: dropFolderWorkflowType,
        workflowId: dropFolderWorkflowType,
        taskQueue: importTaskQueue,
        args: [],
        workflowExecutionTimeout: '1 hour',
      },
      memo: { 説明: '取込フォルダーを1分ごとに見て、置かれたファイルの取込を始めます' },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}
