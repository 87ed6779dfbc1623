import type { ProgrammeDocument } from '../programmes/document';
import { type BookingToCome, notAllowedReasons, notAllowedWords, whyNotStillAllowed } from './still-allowed';

/** Why a booking stays under its version when a newer one is brought to the running ones. */
export const stayReasons = [...notAllowedReasons, 'address_field_gone'] as const;
export type StayReason = (typeof stayReasons)[number];

export const stayReasonWords: Readonly<Record<StayReason, string>> = {
  ...notAllowedWords,
  address_field_gone: 'メールアドレスの入力項目がなくなり、お知らせが届かなくなる',
};

/**
 * What keeps a booking under its version: the newer one would not allow it, or would not find the address among answers that were given to
 * the older form. Undefined: nothing.
 */
export function reasonToStay(
  from: ProgrammeDocument,
  to: ProgrammeDocument,
  booking: BookingToCome,
): StayReason | undefined {
  return whyNotStillAllowed(to, booking) ?? (findsAddresses(from, to) ? undefined : 'address_field_gone');
}

function findsAddresses(from: ProgrammeDocument, to: ProgrammeDocument): boolean {
  const names = (document: ProgrammeDocument) =>
    document.form.fields.filter((field) => field.kind === 'email').map((field) => field.name);
  return names(from).every((name) => names(to).includes(name));
}
