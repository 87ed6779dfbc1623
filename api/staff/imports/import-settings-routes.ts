import { z } from 'zod';

import type { ImportSettings, ImportSettingsRepository } from '../../../database/imports';
import type { Programmes } from '../../../database/programmes';
import { type StaffRoute, staffRoute } from '../frame/define-route';
import { mappingOf, mappingShape } from './import-shapes';

const fields = {
  mapping: z.union([mappingShape, z.null()]),
  maxMebibytes: z.int().min(1).max(1024),
  maxRows: z.int().min(1).max(10_000_000),
  automaticPercent: z.int().min(1).max(101),
  twoPersons: z.boolean(),
};
const settingsShape = z
  .object({
    ...fields,
    version: z.int(),
    programmeCode: z.string(),
    /** Where files can be put to be imported without hands, below the data folder of the server. */
    dropFolder: z.string(),
  })
  .meta({ id: 'ImportSettings' });
const programme = z.string().max(40).optional();

/** How files of a programme are read, how large they may be, and how far the drop folder is trusted. */
export function importSettingsRoutes({
  importSettings,
  programmes,
}: {
  readonly importSettings: ImportSettingsRepository;
  readonly programmes: Pick<Programmes, 'current'>;
}): StaffRoute[] {
  const json = (settings: ImportSettings, programmeCode: string): z.input<typeof settingsShape> => ({
    ...settings,
    programmeCode,
    dropFolder: `import/${programmeCode}`,
  });

  return [
    staffRoute({
      method: 'get',
      path: '/import-settings',
      summary: 'How a programme’s files are read, and their limits',
      roles: ['city_admin', 'supervisor', 'auditor'],
      query: z.object({ programme }),
      answer: settingsShape,
      async handle({ query }) {
        const { programmeId, programmeCode } = await programmes.current(query.programme);
        return { answer: json(await importSettings.get(programmeId), programmeCode) };
      },
    }),
    staffRoute({
      method: 'patch',
      path: '/import-settings',
      summary: 'Change them; 412 when another person did since `version`',
      roles: ['city_admin'],
      query: z.object({ programme }),
      body: z
        .object(fields)
        .partial()
        .extend({ version: z.int().min(0) }),
      answer: settingsShape,
      async handle({ query, body: { version, mapping, ...input }, actor }) {
        const { programmeId, programmeCode } = await programmes.current(query.programme);
        const outcome = await importSettings.update(actor, programmeId, version, {
          ...input,
          ...(mapping === undefined ? {} : { mapping: mapping === null ? null : mappingOf(mapping) }),
        });
        return outcome.ok ? { answer: json(outcome.settings, programmeCode) } : outcome;
      },
    }),
  ];
}
