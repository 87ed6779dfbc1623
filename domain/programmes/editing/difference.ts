import { cityDate, cityTime, formatDateJa } from '../../calendar/city-time';
import { keyOfItem, nameOfItem, placeInWords, wordsOf } from './parts';

/** One thing that is different between two documents. */
export interface DocumentDifference {
  /** In the later document; where a part was taken out, in the earlier one. `groups.0.opensAt` */
  readonly path: string;
  readonly kind: 'changed' | 'added' | 'removed' | 'moved';
  /** 「対象区分「65歳以上の方」の受付開始」 */
  readonly place: string;
  /** In words; undefined where there was nothing. */
  readonly before?: string;
  readonly after?: string;
}

type Path = readonly (string | number)[];

/** All differences, in the order of the later document; nothing is compared field by field that the schema may still get. */
export function differencesOf(before: unknown, after: unknown): DocumentDifference[] {
  const found: DocumentDifference[] = [];
  const add = (kind: DocumentDifference['kind'], path: Path, document: unknown, old: unknown, fresh: unknown) =>
    found.push({
      path: path.join('.'),
      kind,
      place: placeInWords(document, path),
      ...(old === undefined ? {} : { before: valueInWords(path, old) }),
      ...(fresh === undefined ? {} : { after: valueInWords(path, fresh) }),
    });

  function walk(old: unknown, fresh: unknown, oldPath: Path, path: Path): void {
    if (isSame(old, fresh)) return;
    if (old === undefined) add('added', path, after, undefined, fresh);
    else if (fresh === undefined) add('removed', oldPath, before, old, undefined);
    else if (Array.isArray(old) && Array.isArray(fresh)) walkLists(old, fresh, oldPath, path);
    else if (isRecord(old) && isRecord(fresh)) {
      for (const key of new Set([...Object.keys(fresh), ...Object.keys(old)]))
        walk(old[key], fresh[key], [...oldPath, key], [...path, key]);
    } else add('changed', path, after, old, fresh);
  }

  function walkLists(old: readonly unknown[], fresh: readonly unknown[], oldPath: Path, path: Path): void {
    const keysOfOld = old.map((item) => keyOfItem(item) ?? JSON.stringify(item));
    const keysOfFresh = fresh.map((item) => keyOfItem(item) ?? JSON.stringify(item));
    fresh.forEach((item, index) => {
      const was = keysOfOld.indexOf(keysOfFresh[index] ?? '');
      walk(was < 0 ? undefined : old[was], item, [...oldPath, was < 0 ? index : was], [...path, index]);
    });
    old.forEach((item, index) => {
      if (!keysOfFresh.includes(keysOfOld[index] ?? '')) walk(item, undefined, [...oldPath, index], [...path, index]);
    });
    const stayed = keysOfOld.filter((key) => keysOfFresh.includes(key));
    const order = keysOfFresh.filter((key) => keysOfOld.includes(key));
    if (stayed.join('\n') !== order.join('\n'))
      found.push({
        path: path.join('.'),
        kind: 'moved',
        place: `${placeInWords(after, path)}の順番`,
        before: valueInWords(oldPath, old),
        after: valueInWords(path, fresh),
      });
  }

  walk(before, after, [], []);
  return found;
}

/** 「予約できる最後の日：21日後 → 28日後」 */
export function differenceInWords({ kind, place, before, after }: DocumentDifference): string {
  switch (kind) {
    case 'added':
      return `${place}を追加：${after ?? ''}`;
    case 'removed':
      return `${place}を削除：${before ?? ''}`;
    case 'changed':
    case 'moved':
      return `${place}：${before ?? ''} → ${after ?? ''}`;
  }
}

/** A value as people read it, with its unit. */
export function valueInWords(path: Path, value: unknown): string {
  const { unit = '', values, kind } = wordsOf(path);
  if (value === undefined || value === null || value === '') return '（なし）';
  if (typeof value === 'boolean') return value ? 'はい' : 'いいえ';
  if (typeof value === 'number') return `${String(value)}${unit}`;
  if (typeof value === 'string') {
    if (values?.[value] !== undefined) return values[value];
    if (kind === 'instant' || /^\d{4}-\d{2}-\d{2}T/.test(value)) return momentInWords(value);
    return value;
  }
  if (Array.isArray(value))
    return value.length === 0
      ? '（なし）'
      : value.map((item, index) => nameOfItem(item) ?? valueInWords([...path, index], item)).join('、');
  return (
    nameOfItem(value) ??
    Object.entries(value)
      .map(([key, item]) => `${wordsOf([...path, key]).label} ${valueInWords([...path, key], item)}`)
      .join('、')
  );
}

function momentInWords(value: string): string {
  return Number.isNaN(Date.parse(value)) ? value : `${formatDateJa(cityDate(value))} ${cityTime(value)}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSame(old: unknown, fresh: unknown): boolean {
  if (old === fresh) return true;
  if (Array.isArray(old) && Array.isArray(fresh))
    return old.length === fresh.length && old.every((item, index) => isSame(item, fresh[index]));
  if (!isRecord(old) || !isRecord(fresh)) return false;
  const keys = new Set([...Object.keys(old), ...Object.keys(fresh)]);
  return [...keys].every((key) => isSame(old[key], fresh[key]));
}
