import type { ProgrammeDrafts } from '../../database/programmes/programme-drafts';
import type { ProgrammeFacts } from '../../database/programmes/programme-facts';
import { refuseStaff } from '../../domain/staff/refusals';

export interface ReleaseActivities {
  /** What came of it: `published`, `cancelled`, or why it was refused. Asked again, it answers the same. */
  carryOutRelease(releaseId: string): Promise<string>;
}

export function createReleaseActivities({
  drafts,
  facts,
}: {
  readonly drafts: Pick<ProgrammeDrafts, 'carryOut'>;
  readonly facts: Pick<ProgrammeFacts, 'checks'>;
}): ReleaseActivities {
  return {
    async carryOutRelease(releaseId) {
      const release = await drafts.carryOut(releaseId, async (code, document) => {
        const stops = ((await facts.checks(code, document)) ?? []).filter((check) => check.state === 'stop');
        return stops.length > 0 ? refuseStaff('checks_failed') : undefined;
      });
      return release?.state === 'refused' ? (release.reason ?? 'refused') : (release?.state ?? 'unknown');
    },
  };
}
