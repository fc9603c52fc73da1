/**
 * Nothing of one request is ever visible to the next one on the same handle, whatever became of it: rows of requests that fail at any
 * stage, one after the other on one instance, are compared with an instance for each. Does not know why a handle is closed or kept.
 *
 * `PARALLELCURL_RUNS` and `PARALLELCURL_SEED` choose how many rows are drawn, and which.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { PooledEasy } from '../../../src/engine/handle/easy-handle.js'
import { compareRows, type Divergence } from '../../support/faults/compare.js'
import { runRow } from '../../support/faults/run.js'
import { startFaultServer, type FaultServer } from '../../support/faults/server.js'
import { sequences, type Step } from '../../support/faults/steps.js'

/** More than enough for a row to find a handle that keeps what it should not. */
const ROWS_TO_NOTICE = 400

interface Wiping {
  reset: () => void
}

describe('integration: a handle that is used again after failures', () => {
  let server: FaultServer
  let folder: string
  let netrc: string
  before(async () => {
    server = await startFaultServer()
    folder = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
    netrc = join(folder, 'netrc')
    writeFileSync(netrc, 'machine 127.0.0.1 login netrc password from-netrc\n')
  })
  after(async () => {
    rmSync(folder, { recursive: true })
    await server.close()
  })

  async function divergenceOf(steps: readonly Step[]): Promise<Divergence | null> {
    const fresh = await runRow(steps, 'fresh', { server, netrc })
    return compareRows(steps, await runRow(steps, 'pool', { server, netrc }), fresh)
  }

  it('does what a fresh one would have done', async function () {
    this.timeout(3_600_000)
    const numRuns = Number(process.env['PARALLELCURL_RUNS'] ?? 3000)
    const seed = Number(process.env['PARALLELCURL_SEED'] ?? 24)
    const property = fc.asyncProperty(sequences, async (steps) => {
      const divergence = await divergenceOf(steps)
      if (divergence !== null) expect.fail(JSON.stringify(divergence, null, 2))
    })
    await fc.assert(property, { numRuns, seed, endOnFailure: process.env['PARALLELCURL_SHRINK'] === '0' })
  })

  /** How many rows it takes to notice; Infinity where none does. */
  async function rowsToNotice(): Promise<number> {
    const rows = fc.sample(sequences, { numRuns: ROWS_TO_NOTICE, seed: 1 })
    for (const [i, steps] of rows.entries()) if ((await divergenceOf(steps)) !== null) return i + 1
    return Infinity
  }

  it('would notice a handle that is not reset', async function () {
    this.timeout(300_000)
    const { prototype } = PooledEasy as unknown as { prototype: Wiping }
    const { reset } = prototype
    prototype.reset = () => undefined
    try {
      expect(await rowsToNotice()).to.be.at.most(ROWS_TO_NOTICE)
    } finally {
      prototype.reset = reset
    }
  })
})
