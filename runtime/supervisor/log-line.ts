import { cityClock } from '../../domain/calendar/city-time';

const levelNames: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};
const hiddenKeys = new Set(['level', 'time', 'pid', 'hostname', 'process', 'msg', 'v']);

function shown(value: unknown): string {
  if (typeof value === 'string') return /[\s"=]/.test(value) ? JSON.stringify(value) : value;
  if (typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string')
    return JSON.stringify(value.message);
  return JSON.stringify(value);
}

/** A line of one of Toki's own messages. */
export function tokiLine(text: string, at: Date): string {
  return `${cityClock(at)} toki    | ${text}`;
}

/**
 * A line that a child wrote, for people to read: pino's JSON becomes time, child, message and fields; anything else is
 * kept as it is behind the child's name.
 */
export function childLine(child: string, line: string, at: Date): string {
  const prefix = (time: Date) => `${cityClock(time)} ${child.padEnd(7)} | `;
  if (!line.startsWith('{')) return prefix(at) + line;
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return prefix(at) + line;
  }
  const time = typeof entry['time'] === 'number' || typeof entry['time'] === 'string' ? new Date(entry['time']) : at;
  const level = typeof entry['level'] === 'number' ? levelNames[entry['level']] : undefined;
  const fields = Object.entries(entry)
    .filter(([name, value]) => !hiddenKeys.has(name) && value !== undefined)
    .map(([name, value]) => ` ${name}=${shown(value)}`);
  const message = typeof entry['msg'] === 'string' ? entry['msg'] : '';
  return `${prefix(Number.isNaN(time.getTime()) ? at : time)}${level === undefined || level === 'info' ? '' : `${level}: `}${message}${fields.join('')}`;
}
