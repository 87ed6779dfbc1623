import { DefaultFailureConverter } from '@temporalio/common';

/** Messages and stack traces of failures travel inside an encrypted payload, not in plain sight of the Temporal UI. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
