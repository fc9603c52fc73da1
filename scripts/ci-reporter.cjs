/**
 * Mocha's spec reporter, which also writes its counts and the tested versions to the file named by
 * PARALLELCURL_TEST_RESULTS. If a run is stopped from outside, or its process does not end after the last
 * test, it reports the current test and counts a failure. Does not depend on the tests or on the reader of
 * the file.
 */
const { writeFileSync } = require('node:fs')
const { reporters, Runner } = require('mocha')
const { Curl } = require('node-libcurl')

/** The time that the process may take to exit after its last test. */
const ENDS_WITHIN_MS = 30_000

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
    const { EVENT_TEST_BEGIN, EVENT_HOOK_BEGIN, EVENT_RUN_END } = Runner.constants
    const { stats } = runner
    let at = 'the loading of the test files'
    const note = (runnable) => (at = runnable.fullTitle())
    const giveUp = (what) => {
      process.stdout.write(
        `\n${what}: ${at}\nopen: ${process.getActiveResourcesInfo().join(', ') || 'nothing'}\n`,
      )
      write(stats.passes, stats.failures + 1, stats.pending)
      // Mocha's own listener, which runs before this one, sets the exit code.
      process.on('exit', () => (process.exitCode = 1))
      process.exit()
    }
    // The result if the process dies before its end.
    write(0, 1, 0)
    runner.on(EVENT_TEST_BEGIN, note)
    runner.on(EVENT_HOOK_BEGIN, note)
    process.once('SIGTERM', () => {
      stats.duration = Date.now() - stats.start
      this.epilogue()
      giveUp('stopped from outside, at')
    })
    runner.once(EVENT_RUN_END, () => {
      write(stats.passes, stats.failures, stats.pending)
      // The timer does not keep the process alive. It fires only if something else does.
      setTimeout(() => giveUp('the process does not end after the last test'), ENDS_WITHIN_MS).unref()
    })
  }
}
