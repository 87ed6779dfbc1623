import { condition, defineSignal, proxyActivities, setCurrentDetails, setHandler } from '@temporalio/workflow';

import type { ChangeActivities } from '../../activities/programmes/programme-changes';
import { type ChangeInput, stopChangeSignalName } from '../../domain/programmes/programme-workflow';

export const stopChangeSignal = defineSignal(stopChangeSignalName);

const { changeBookings } = proxyActivities<ChangeActivities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '15 seconds',
  retry: { initialInterval: '1 second', maximumInterval: '30 seconds' },
  summary: '予約に新しい版を反映する',
});
const { finishChange } = proxyActivities<ChangeActivities>({
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '1 second', maximumInterval: '30 seconds' },
  summary: '結果をまとめる',
});

/**
 * Brings a published version to the bookings of older ones, batch by batch; the database knows what has been dealt with, and whether the
 * change still runs. Who holds a seat under an older version meanwhile may confirm it, so there is another round after the last such hold.
 */
export async function programmeChange({ changeId }: ChangeInput): Promise<string> {
  const state = { isStopped: false };
  setHandler(stopChangeSignal, () => {
    state.isStopped = true;
  });
  let after: string | undefined;
  for (;;) {
    setCurrentDetails('予約を順に新しい版へ移しています。進み具合は「事業の設定」の「版」にあります。');
    const batch = await changeBookings(changeId, after);
    if (batch.isStopped || state.isStopped) break;
    after = batch.next;
    if (after !== undefined) continue;
    if (batch.holdsUntil === undefined) break;
    setCurrentDetails(`前の版で仮押さえ中の方がいるため、${batch.holdsUntil} を過ぎてからもう一度確認します。`);
    if (await condition(() => state.isStopped, Math.max(1_000, Date.parse(batch.holdsUntil) - Date.now() + 1_000)))
      break;
  }
  const end = await finishChange(changeId);
  setCurrentDetails(
    end === 'done'
      ? '終わりました。結果は「事業の設定」の「版」にあります。'
      : '途中で止められました。それまでに移した予約は、新しい版のままです。',
  );
  return end;
}
