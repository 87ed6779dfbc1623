import { publishTestServices, startTestServices } from './services';

declare global {
  var tokiStopTestServices: (() => Promise<void>) | undefined;
}

// jest calls the default export, and nothing else.
export default async function globalSetup(): Promise<void> {
  const { services, stop } = await startTestServices();
  publishTestServices(services);
  globalThis.tokiStopTestServices = stop;
}
