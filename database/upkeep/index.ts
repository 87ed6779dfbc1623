export { type Removed, removeOutdated } from './housekeeping';
export { ImportUnderWayError, residentsUnderOldKeys, rotateKeys } from './key-rotation';
export { newestSealedField } from './newest-sealed-field';
export { createOperatingFigures, type OperatingFigures } from './operating-figures';
