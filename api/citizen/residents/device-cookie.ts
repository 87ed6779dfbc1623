/** Marks a device on which a person logged in before, see `known-devices`. */
export const deviceCookie = 'toki-device';
export const deviceCookieMaxAgeS = 400 * 24 * 3_600;
