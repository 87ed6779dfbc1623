/** Whether the sixth digit of a municipality's code follows from the five before it (JIS X 0402, modulo 11 with the weights 6 to 2). */
export function hasRightCheckDigit(municipality: string): boolean {
  const digits = [...municipality].map(Number);
  const sum = digits.slice(0, 5).reduce((total, digit, index) => total + digit * (6 - index), 0);
  return digits[5] === (11 - (sum % 11)) % 10;
}
