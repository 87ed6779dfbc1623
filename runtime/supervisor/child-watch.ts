// Loaded into every child before its own program: when the supervisor is killed, the channel to it closes, and the
// child stops as if it had been asked to. Otherwise it would hold its port, and no new start could succeed.
const hardEndAfterMs = 20_000;

process.on('disconnect', () => {
  setTimeout(() => process.exit(1), hardEndAfterMs).unref();
  process.kill(process.pid, 'SIGTERM');
});
// The channel alone must not keep a child running that has finished.
process.channel?.unref();
