/** An address as it is shown in lists: enough to recognise it when a person says it, too little to write to it. `h•••@example.jp` */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf('@');
  const first = [...address][0] ?? '';
  return at < 1 ? `${first}•••` : `${first}•••${address.slice(at)}`;
}

/** The last digits of a telephone number: `••••5678`. */
export function maskTelephone(number: string): string {
  const digits = number.replace(/\D/g, '');
  return digits === '' ? '••••' : `••••${digits.slice(-4)}`;
}
