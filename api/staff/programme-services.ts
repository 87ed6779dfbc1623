import type { Audit } from '../../database/audit/audit';
import type { Database } from '../../database/foundation/connection';
import type { KeyRing } from '../../database/foundation/keys';
import { createAffected } from '../../database/programmes/affected-bookings';
import { createProgrammeChanges } from '../../database/programmes/programme-changes';
import { createProgrammeDrafts } from '../../database/programmes/programme-drafts';
import { createProgrammeFacts } from '../../database/programmes/programme-facts';
import { createProgrammeRehearsals } from '../../database/programmes/programme-rehearsals';
import type { Programmes } from '../../database/programmes/programmes';
import { createBirthDateKeys } from '../../database/residents/birth-date-keys';
import { createSiteSettings } from '../../database/site/site-settings';
import { createUnmetSearchFigures } from '../../database/statistics/unmet-search-figures';
import type { ProgrammeRequests } from '../../engine/requests/programme-requests';
import { qrSvg, readQrSvg } from '../shared/qr';
import type { StaffServices } from './staff-services';

/** The part of the staff's JSON in which programmes change. `publicUrl`: what citizens open and flyers say. */
export function createProgrammeServices({
  database,
  keys,
  audit,
  programmes,
  publicUrl,
  processes,
}: {
  database: Database;
  keys: KeyRing;
  audit: Audit;
  programmes: Programmes;
  publicUrl: string;
  processes: ProgrammeRequests;
}): Pick<
  StaffServices,
  'affected' | 'unmetSearchFigures' | 'changes' | 'drafts' | 'programmeFacts' | 'rehearsals' | 'programmeRequests'
> {
  const settings = createSiteSettings(database);
  const birthDates = createBirthDateKeys(keys);
  const site = async () => {
    const url = (await settings.current()).publicAddress ?? publicUrl;
    return { url, qrText: readQrSvg(qrSvg(url)) };
  };
  const affected = createAffected({ database, birthDates });
  return {
    affected,
    changes: createProgrammeChanges({ database, audit, programmes, birthDates }),
    unmetSearchFigures: createUnmetSearchFigures({ database, birthDates, affected }),
    drafts: createProgrammeDrafts({ database, audit, programmes }),
    programmeFacts: createProgrammeFacts({ database, keys, site }),
    rehearsals: createProgrammeRehearsals({ database, audit }),
    programmeRequests: processes,
  };
}
