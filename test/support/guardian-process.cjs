// Stops the test servers when the process that started them closes the pipe to it: at the end of the run, and just as
// well when the run is killed, so that nothing is ever left behind. Plain JavaScript, for plain node to run.
// Arguments: the folder to remove at the end (empty: none), then `pid:signal` for each server.
const { rmSync } = require('node:fs');

const [folder, ...servers] = process.argv.slice(2);

function isThere(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function send(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already.
  }
}

async function end() {
  const pids = servers.map((server) => {
    const [pid, signal] = server.split(':');
    send(Number(pid), signal);
    return Number(pid);
  });
  const deadline = Date.now() + 15_000;
  while (pids.some(isThere) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
  for (const pid of pids) send(pid, 'SIGKILL');
  if (folder !== '') rmSync(folder, { recursive: true, force: true });
  process.exit(0);
}

// Never when it is loaded as a module: it would remove whatever the other program was started with.
if (require.main === module) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
  process.stdin.resume();
  process.stdin.on('end', end);
  process.stdin.on('error', end);
}
