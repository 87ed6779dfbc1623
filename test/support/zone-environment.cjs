const { TestEnvironment: NodeEnvironment } = require('jest-environment-node');

/**
 * Runs each test file as on a machine that is set to the time zone `zone` of the project's `testEnvironmentOptions`.
 * Jest gives tests a copy of `process.env`, so they cannot change the zone themselves; the environment can, because Node
 * reads TZ again whenever the real `process.env` gets another one.
 */
function inZone(Environment) {
  return class extends Environment {
    constructor(config, context) {
      const machineZone = process.env.TZ;
      process.env.TZ = config.projectConfig.testEnvironmentOptions.zone;
      super(config, context);
      this.machineZone = machineZone;
    }

    async teardown() {
      await super.teardown();
      if (this.machineZone === undefined) delete process.env.TZ;
      else process.env.TZ = this.machineZone;
    }
  };
}

module.exports = inZone(NodeEnvironment);
module.exports.inZone = inZone;
