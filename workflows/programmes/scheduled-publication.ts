import { condition, defineSignal, proxyActivities, setCurrentDetails, setHandler } from '@temporalio/workflow';

import type { ReleaseActivities } from '../../activities/programmes/scheduled-publications';
import { cancelReleaseSignalName, type ReleaseInput } from '../../domain/programmes/programme-workflow';

export const cancelReleaseSignal = defineSignal(cancelReleaseSignalName);

const { carryOutRelease } = proxyActivities<ReleaseActivities>({
  startToCloseTimeout: '2 minutes',
  retry: { initialInterval: '1 second', maximumInterval: '30 seconds' },
  summary: '公開する',
});

/** Publishes a checked draft when its time has come. Whether it may, the database decides then. */
export async function programmeRelease({ releaseId, publishAt }: ReleaseInput): Promise<string> {
  const state = { isCancelled: false };
  setHandler(cancelReleaseSignal, () => {
    state.isCancelled = true;
  });
  setCurrentDetails(`公開の予定：${publishAt}`);
  await condition(() => state.isCancelled, Math.max(1, Date.parse(publishAt) - Date.now()));
  const outcome = state.isCancelled ? 'cancelled' : await carryOutRelease(releaseId);
  setCurrentDetails(
    outcome === 'published'
      ? '公開しました。'
      : outcome === 'cancelled'
        ? '予定は取りやめになりました。'
        : `公開できませんでした（${outcome}）。`,
  );
  return outcome;
}
