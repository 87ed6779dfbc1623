import type { RushSigns } from './rush';

/** Whether citizens wait at any process; asked as often as one likes. Never rejects. */
export type IsRush = () => Promise<boolean>;

const freshForMs = 500;

/** Looks at the signs at most twice a second. Where they cannot be read, there is no rush: something else is wrong then. */
export function createRushWatch(signs: Pick<RushSigns, 'isOn'>): IsRush {
  let known: { readonly at: number; readonly isOn: Promise<boolean> } | undefined;
  return () => {
    const now = Date.now();
    if (!known || now - known.at > freshForMs) known = { at: now, isOn: signs.isOn().catch(() => false) };
    return known.isOn;
  };
}
