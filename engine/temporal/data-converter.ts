import type { DataConverter } from '@temporalio/common';

import type { KeyRing } from '../../database/foundation/keys';
import { EncryptionCodec } from './payload-codec';

/** Also told to the bundler of the workflows: failures are made there, too. */
export const failureConverterPath = require.resolve('./failure-converter');

/** The same on clients and workers: payloads and failures encrypted with the keys of the ring. */
export function createDataConverter(keys: KeyRing): DataConverter {
  return { payloadCodecs: [new EncryptionCodec(keys)], failureConverterPath };
}
