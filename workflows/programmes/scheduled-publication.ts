import { condition, defineSignal, proxyActivities, setCurrentDetails, setHandler } from '@temporalio/workflow';

import type { PublicationActivities } from '../../activities/programmes/scheduled-publications';
import { cancelPublicationSignalName, type PublicationInput } from '../../domain/programmes/programme-workflow';

export const cancelPublicationSignal = defineSignal(cancelPublicationSignalName);

const { carryOutRelease } = proxyActivities<PublicationActivities>({
  startToCloseTimeout: '2 minutes',
  retry: { initialInterval: '1 second', maximumInterval: '30 seconds' },
  summary: '公開する',
});

/** Publishes a checked draft when its time has come. Whether it may, the database decides then. */
export async function programmeRelease({ releaseId, publishAt }: PublicationInput): Promise<string> {
  const state = { isCancelled: false };
  setHandler(cancelPublicationSignal, () => {
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
