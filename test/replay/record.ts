import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { EncryptionCodec } from '../../engine/temporal/payload-codec';
import { projectRoot } from '../../runtime/root';
import { decryptInPlace, historyToText } from '../support/histories';
import { startTestRun } from '../support/test-run';
import { type BookingWorld, createBookingWorld } from '../worlds/booking-world';
import { scenarios } from './scenarios';

/** Nothing listens there: every attempt to send fails. */
const noMailServer = 'smtp://127.0.0.1:9';

/**
 * Records the history of every ending again, decrypted, into `test/replay/histories`:
 *
 *     npm run build && node dist/test/replay/record.js [scenario …]
 *
 * With names: those alone, beside the others. All of them only when they no longer can happen; a change of the workflow
 * must replay those that are there.
 */
async function record(names: readonly string[]): Promise<void> {
  const folder = join(projectRoot, 'test', 'replay', 'histories');
  if (names.length === 0) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const stop = await startTestRun();
  const worlds: BookingWorld[] = [];
  try {
    const withMail = await createBookingWorld();
    worlds.push(withMail);
    const withoutMail = await createBookingWorld({ smtpUrl: noMailServer });
    worlds.push(withoutMail);
    for (const { name, withoutMail: isWithout, live } of scenarios) {
      if (names.length > 0 && !names.includes(name)) continue;
      const world = isWithout ? withoutMail : withMail;
      const ids = await live(world);
      for (const [index, bookingId] of ids.entries()) {
        const history = await world.handle(bookingId).fetchHistory();
        await decryptInPlace(history, new EncryptionCodec(world.city.keys));
        writeFileSync(
          join(folder, `${name}${ids.length > 1 ? `-${String(index + 1)}` : ''}.json`),
          historyToText(history),
        );
      }
    }
  } finally {
    for (const world of worlds) await world.close();
    await stop();
  }
}

void record(process.argv.slice(2)).then(() => process.exit(0));
