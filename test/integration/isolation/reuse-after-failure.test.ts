/**
 * Nothing of one request is ever visible to the next one on the same handle, whatever became of it: rows of
 * requests that fail at any stage, one after the other on one instance, are compared with an instance for
 * each. Does not know why a handle is closed or kept.
 *
 * `PARALLELCURL_RUNS` and `PARALLELCURL_SEED` choose how many rows are drawn, and which.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { EasyHandle } from '../../../src/engine/handle/easy-handle.js'
import { compareRows, type Divergence } from '../../support/faults/compare.js'
import { runRow } from '../../support/faults/run.js'
import { startFaultServer, type FaultServer } from '../../support/faults/server.js'
import { sequences, type Step } from '../../support/faults/steps.js'

/** Rows that run side by side, each lane with servers of its own: most of the time a row waits. */
const LANES = 4
/** Apart, so that the rows of a lane are those of no other seed near it. */
const SEED_STEP = 1_000_003
/** More than enough for a row to find a handle that keeps what it should not. */
const ROWS_TO_NOTICE = 400

interface Wiping {
  reset: () => void
}

describe('a handle that is reused after failures', () => {
  let folder: string
  let netrc: string
  const servers: FaultServer[] = []
  before(async () => {
    for (let lane = 0; lane < LANES; lane++) servers.push(await startFaultServer())
    folder = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
    netrc = join(folder, 'netrc')
    writeFileSync(netrc, 'machine 127.0.0.1 login netrc password from-netrc\n')
  })
  after(async () => {
    rmSync(folder, { recursive: true })
    for (const server of servers) await server.close()
  })

  /** Null where the pool and fresh instances did the same. Counts the rows in which a transfer failed. */
  async function divergenceOf(
    steps: readonly Step[],
    server: FaultServer,
    counters = { failed: 0 },
  ): Promise<Divergence | null> {
    const fresh = await runRow(steps, 'fresh', { server, netrc })
    const pool = await runRow(steps, 'pool', { server, netrc })
    if (pool.steps.some(({ outcome }) => outcome !== '0')) counters.failed++
    return compareRows(steps, pool, fresh)
  }

  it('does the same as a new handle', async function () {
    this.timeout(14_400_000)
    const rows = Number(process.env['PARALLELCURL_RUNS'] ?? 3000)
    const seed = Number(process.env['PARALLELCURL_SEED'] ?? 24)
    const counters = { failed: 0 }
    const lanes = servers.map((server, lane) => {
      const property = fc.asyncProperty(sequences, async (steps) => {
        const divergence = await divergenceOf(steps, server, counters)
        if (divergence !== null) expect.fail(JSON.stringify(divergence, null, 2))
      })
      const endOnFailure = process.env['PARALLELCURL_SHRINK'] === '0'
      return fc.assert(property, {
        numRuns: Math.ceil(rows / LANES),
        seed: seed + lane * SEED_STEP,
        endOnFailure,
        includeErrorInReport: true,
      })
    })
    // No lane is left running when another one has failed.
    const problems = (await Promise.allSettled(lanes)).filter((lane) => lane.status === 'rejected')
    if (problems.length > 0) expect.fail(problems.map(({ reason }) => String(reason)).join('\n\n'))
    // Without failures it would not be what it is for.
    expect(counters.failed / rows).to.be.greaterThan(0.5)
  })

  /** Returns the number of rows until the fault shows; Infinity if it does not. */
  async function rowsToNotice(): Promise<number> {
    const rows = fc.sample(sequences, { numRuns: ROWS_TO_NOTICE, seed: 1 })
    for (const [i, steps] of rows.entries())
      if ((await divergenceOf(steps, servers[0] as FaultServer)) !== null) return i + 1
    return Infinity
  }

  it('(control) differs from a new handle if it is not reset', async function () {
    this.timeout(300_000)
    const { prototype } = EasyHandle as unknown as { prototype: Wiping }
    const { reset } = prototype
    prototype.reset = () => undefined
    try {
      expect(await rowsToNotice()).to.be.at.most(ROWS_TO_NOTICE)
    } finally {
      prototype.reset = reset
    }
  })
})
