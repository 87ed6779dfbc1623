import { testLimitMs } from './patience';

// Tests on real servers share two cores with their neighbours; five seconds would be a matter of luck.
jest.setTimeout(testLimitMs);
