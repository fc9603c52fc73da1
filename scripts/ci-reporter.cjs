/**
 * Mocha's spec reporter, which besides writes its counts and the versions under test to the file that
 * PARALLELCURL_TEST_RESULTS names. Does not know the tests, nor who reads the file.
 */
const { writeFileSync } = require('node:fs')
const { reporters, Runner } = require('mocha')
const { Curl } = require('node-libcurl')

const versions = {
  node: process.versions.node.split('.')[0],
  nodeLibcurl: require('node-libcurl/package.json').version,
  libcurl: /libcurl\/(\S+)/.exec(Curl.getVersion())?.[1],
}

function write(passed, failed, skipped) {
  const file = process.env.PARALLELCURL_TEST_RESULTS
  if (file) writeFileSync(file, JSON.stringify({ ...versions, passed, failed, skipped }))
}

module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options)
    // What stands there if the process dies before its end.
    write(0, 1, 0)
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = runner.stats
      write(passes, failures, pending)
    })
  }
}
