import type { ProgrammeDrafts, ProgrammeFacts } from '../../database/programmes';
import { refuseStaff } from '../../domain/staff/refusals';

export interface PublicationActivities {
  /** What came of it: `published`, `cancelled`, or why it was refused. Asked again, it answers the same. */
  carryOutRelease(releaseId: string): Promise<string>;
}

export function createPublicationActivities({
  drafts,
  facts,
}: {
  readonly drafts: Pick<ProgrammeDrafts, 'carryOut'>;
  readonly facts: Pick<ProgrammeFacts, 'checks'>;
}): PublicationActivities {
  return {
    async carryOutRelease(releaseId) {
      const publication = await drafts.carryOut(releaseId, async (code, document) => {
        const stops = ((await facts.checks(code, document)) ?? []).filter((check) => check.state === 'stop');
        return stops.length > 0 ? refuseStaff('checks_failed') : undefined;
      });
      return publication?.state === 'refused' ? (publication.reason ?? 'refused') : (publication?.state ?? 'unknown');
    },
  };
}
