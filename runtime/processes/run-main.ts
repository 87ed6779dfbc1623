import { StartError } from '../start-error';

/**
 * Runs a program to its end. What a person can put right is told in its one sentence, without a stack trace; anything
 * else is a bug and shown whole. The exit code is the program's, 1 after an error.
 */
export async function runMain(program: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await program();
  } catch (error) {
    process.exitCode = 1;
    console.error(error instanceof StartError ? error.message : error);
  }
  // The end of the program is the end of the process, even if a library still holds a socket.
  setTimeout(() => process.exit(), 5_000).unref();
}
