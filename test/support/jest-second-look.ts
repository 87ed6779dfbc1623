// Tests with real servers and a real browser meet the moods of a shared machine: a failure is printed and looked at once more.
// A rule that is broken fails both times; whoever reads "RETRY" in a run has a race to look for.
jest.retryTimes(1, { logErrorsBeforeRetry: true });
