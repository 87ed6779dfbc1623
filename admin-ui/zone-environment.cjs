const { TestEnvironment: BrowserEnvironment } = require('jest-environment-jsdom');

const { inZone } = require('../test/support/zone-environment.cjs');

module.exports = inZone(BrowserEnvironment);
