import type { Knex } from 'knex';

import * as spine from './0001_spine';
import * as sessionDraft from './0002_session_draft';
import * as staff from './0003_staff';
import * as venueVersion from './0004_venue_version';
import * as desk from './0005_desk';
import * as contact from './0006_contact';
import * as plans from './0007_plans';
import * as importsInTheDesk from './0008_imports_in_the_desk';
import * as receptionAndNumbers from './0009_reception_and_numbers';
import * as staffSignIn from './0010_staff_sign_in';
import * as exportsAndDayFiles from './0011_exports_and_day_files';
import * as siteSettings from './0012_site_settings';
import * as loginBrake from './0013_login_brake';
import * as programmeLanguage from './0014_programme_language';
import * as programmeDrafts from './0015_programme_drafts';
import * as listIndexes from './0016_list_indexes';
import * as line from './0017_line';
import * as lineDoor from './0018_line_door';
import * as assignments from './0019_assignments';
import * as staffMail from './0020_staff_mail';
import * as programmeChanges from './0021_programme_changes';
import * as unmetWishes from './0022_unmet_wishes';
import * as stoppedSlots from './0023_stopped_slots';
import * as protectedResidents from './0024_protected_residents';
import * as namesakes from './0025_namesakes';
import * as rehearsalWaivers from './0026_rehearsal_waivers';
import * as rush from './0027_rush';
import * as listedBookings from './0028_listed_bookings';
import * as bookingPlans from './0029_booking_plans';
import * as logInCounters from './0030_log_in_counters';
import * as lighterBookings from './0031_lighter_bookings';
import * as importInParts from './0032_import_in_parts';

interface Migration {
  readonly name: string;
  readonly up: (knex: Knex) => Promise<void>;
}

/** In the order of their names; forward only. What is in `frozen.json` never changes: a database somewhere was made by it. */
const migrations: readonly Migration[] = [
  { name: '0001_spine', up: spine.up },
  { name: '0002_session_draft', up: sessionDraft.up },
  { name: '0003_staff', up: staff.up },
  { name: '0004_venue_version', up: venueVersion.up },
  { name: '0005_desk', up: desk.up },
  { name: '0006_contact', up: contact.up },
  { name: '0007_plans', up: plans.up },
  { name: '0008_imports_in_the_desk', up: importsInTheDesk.up },
  { name: '0009_reception_and_numbers', up: receptionAndNumbers.up },
  { name: '0010_staff_sign_in', up: staffSignIn.up },
  { name: '0011_exports_and_day_files', up: exportsAndDayFiles.up },
  { name: '0012_site_settings', up: siteSettings.up },
  { name: '0013_login_brake', up: loginBrake.up },
  { name: '0014_programme_language', up: programmeLanguage.up },
  { name: '0015_programme_drafts', up: programmeDrafts.up },
  { name: '0016_list_indexes', up: listIndexes.up },
  { name: '0017_line', up: line.up },
  { name: '0018_line_door', up: lineDoor.up },
  { name: '0019_assignments', up: assignments.up },
  { name: '0020_staff_mail', up: staffMail.up },
  { name: '0021_programme_changes', up: programmeChanges.up },
  { name: '0022_unmet_wishes', up: unmetWishes.up },
  { name: '0023_stopped_slots', up: stoppedSlots.up },
  { name: '0024_protected_residents', up: protectedResidents.up },
  { name: '0025_namesakes', up: namesakes.up },
  { name: '0026_rehearsal_waivers', up: rehearsalWaivers.up },
  { name: '0027_rush', up: rush.up },
  { name: '0028_listed_bookings', up: listedBookings.up },
  { name: '0029_booking_plans', up: bookingPlans.up },
  { name: '0030_log_in_counters', up: logInCounters.up },
  { name: '0031_lighter_bookings', up: lighterBookings.up },
  { name: '0032_import_in_parts', up: importInParts.up },
];

/** An explicit list instead of a folder scan: the same names from `migrations/*.ts` and from `dist/`. */
export const migrationSource: Knex.MigrationSource<Migration> = {
  getMigrations: () => Promise.resolve([...migrations]),
  getMigrationName: (migration) => migration.name,
  getMigration: (migration) =>
    Promise.resolve({
      up: migration.up,
      down: () => Promise.reject(new Error('migrations go forward only')),
    }),
};
