import type { Role } from '../api/api';
import { areas } from './areas';

/** The paths that a role may open: a link to another one would lead to a refusal. */
export function areasOf(role: Role | undefined): ReadonlySet<string> {
  return new Set(areas.filter((area) => role !== undefined && area.roles.includes(role)).map((area) => area.path));
}
