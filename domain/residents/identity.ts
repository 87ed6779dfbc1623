import { foldKana } from '../text/kana';

/** What callers are asked so as to know that it is them. The reference is not among them: it is no secret. */
export const identityItems = ['couponNumber', 'birthDate', 'kana', 'telephone'] as const;
export type IdentityItem = (typeof identityItems)[number];

/** What the caller said, read: digits, `YYYY-MM-DD`, kana as typed. */
export type Said = Partial<Readonly<Record<IdentityItem, string>>>;

export interface KnownOfResident {
  readonly couponNumber: string;
  readonly birthDate: string;
  readonly kana?: string | undefined;
  /** Digits, as given at confirmations. */
  readonly telephones: readonly string[];
  readonly isProtected: boolean;
}

/** Items that must be right: more where a person close to the resident must not get through (ministry handbook, domestic violence). */
export const neededItems = 2;
export const neededItemsProtected = 3;
/** After that many wrong answers within the hour only a supervisor goes on. */
export const failuresAllowed = 5;
/** Minutes for which a member of staff sees a resident's data after the check. */
export const openMinutes = 30;

export interface IdentityVerdict {
  readonly passed: boolean;
  readonly wrong: readonly IdentityItem[];
  /** Items still to be asked. */
  readonly missing: number;
}

/** Compares what was said. One wrong item fails, however many are right; an item that is not on file counts neither way. */
export function checkIdentity(said: Said, known: KnownOfResident): IdentityVerdict {
  const asked = identityItems.filter((item) => said[item] !== undefined && isOnFile(item, known));
  const wrong = asked.filter((item) => !isRight(item, said[item] ?? '', known));
  const missing = Math.max(0, (known.isProtected ? neededItemsProtected : neededItems) - (asked.length - wrong.length));
  return { passed: wrong.length === 0 && missing === 0, wrong, missing };
}

function isOnFile(item: IdentityItem, known: KnownOfResident): boolean {
  return item === 'kana' ? known.kana !== undefined : item === 'telephone' ? known.telephones.length > 0 : true;
}

function isRight(item: IdentityItem, said: string, known: KnownOfResident): boolean {
  switch (item) {
    case 'kana':
      return foldKana(said) !== '' && foldKana(said) === foldKana(known.kana ?? '');
    case 'telephone':
      return known.telephones.includes(said);
    default:
      return said === known[item];
  }
}
