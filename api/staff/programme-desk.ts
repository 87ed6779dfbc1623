import { createAffected } from '../../database/affected';
import type { Audit } from '../../database/audit';
import { createBirthDateKeys } from '../../database/birth-date-keys';
import type { Database } from '../../database/connection';
import { createDemandReader } from '../../database/demand';
import type { KeyRing } from '../../database/keys';
import { createProgrammeChanges } from '../../database/programme-changes';
import { createProgrammeDrafts } from '../../database/programme-drafts';
import { createProgrammeFacts } from '../../database/programme-facts';
import { createProgrammeRehearsals } from '../../database/programme-rehearsals';
import type { Programmes } from '../../database/programmes';
import { createSiteSettings } from '../../database/site-settings';
import { qrSvg, readQrSvg } from '../shared/qr';
import type { StaffDesk } from './desk';
import type { ProgrammeProcesses } from './programme-processes';

/** The part of the staff's JSON in which programmes change. `publicUrl`: what citizens open and flyers say. */
export function createProgrammeDesk({
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
  processes: ProgrammeProcesses;
}): Pick<
  StaffDesk,
  'affected' | 'demand' | 'changes' | 'drafts' | 'programmeFacts' | 'rehearsals' | 'programmeProcesses'
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
    demand: createDemandReader({ database, birthDates, affected }),
    drafts: createProgrammeDrafts({ database, audit, programmes }),
    programmeFacts: createProgrammeFacts({ database, keys, site }),
    rehearsals: createProgrammeRehearsals({ database, audit }),
    programmeProcesses: processes,
  };
}
