import { proxyActivities } from '@temporalio/workflow';

import type { DropFolderActivities } from '../../activities/imports/drop-folder';

const { takeDroppedFiles } = proxyActivities<DropFolderActivities>({
  startToCloseTimeout: '30 minutes',
  heartbeatTimeout: '1 minute',
  scheduleToCloseTimeout: '1 hour',
  retry: { initialInterval: '5 seconds', maximumInterval: '1 minute' },
  summary: '取込フォルダーを見る',
});

/** One look into the drop folder: starts an import for each file that lies there whole. Resolves with how many. */
export async function dropFolder(): Promise<number> {
  return takeDroppedFiles();
}
