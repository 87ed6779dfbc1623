import { publishTestServices, servicesIn } from './services';
import { ensureTemplate } from './template';

/** Uses the servers that stay up between runs (`npm run test:one`). Jest calls the default export, and nothing else. */
export default async function useServersThatStay(): Promise<void> {
  const file = process.env['TOKI_TEST_SERVICES'] ?? '';
  const running = servicesIn(file);
  if (!running) throw new Error(`No test servers run for ${file}: "npm run test:servers -- start" starts them.`);
  publishTestServices({ ...running, templateDatabase: await ensureTemplate(running.postgresUrl) });
}
