// jest calls the default export, and nothing else.
export default async function globalTeardown(): Promise<void> {
  await globalThis.tokiStopTestServices?.();
}
