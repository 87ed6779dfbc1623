const shortest = 12;
const longest = 200;

/** Length is what counts (NIST SP 800-63B); beyond it, a password is not the login, and no single character again and again. */
export function isGoodPassword(password: string, login: string): boolean {
  const length = [...password].length;
  return (
    length >= shortest && length <= longest && !password.toLowerCase().includes(login) && new Set(password).size > 4
  );
}
