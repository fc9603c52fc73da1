/** How a folder's size is known without looking: processes that write little are counted right together. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { SizeLimit } from '../../../src/caching/size-limit.js'

describe('the limit of a folder', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parallelcurl-size-'))
  })
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true })
  })

  it('is noticed by processes that write very little each', async () => {
    const MAX = 1_000_000
    const EACH = 200
    const pruned: number[] = []
    let written = 0
    const newProcess = (): SizeLimit =>
      new SizeLimit(
        join(folder, 'size'),
        MAX,
        (toBytes) => {
          pruned.push(written)
          written = Math.min(written, toBytes)
          return Promise.resolve(written)
        },
        (error) => {
          throw error
        },
      )
    while (pruned.length < 12) {
      const limit = newProcess()
      written += EACH
      limit.add(EACH)
      await limit.running
    }
    // The first time nobody knows the size.
    for (const at of pruned.slice(1)) expect(at).to.be.within(0.7 * MAX, 1.3 * MAX)
  })

  it('is noticed again soon if the process that prunes is killed', async () => {
    const MAX = 1_000_000
    let calls = 0
    const limitWith = (prune: () => Promise<number>): SizeLimit =>
      new SizeLimit(join(folder, 'size'), MAX, prune, (error) => {
        throw error
      })
    const counted = (): Promise<number> => Promise.resolve((calls++, MAX / 2))
    const first = limitWith(counted)
    first.add(5000)
    await first.running
    const killed = limitWith(() => (calls++, new Promise(() => undefined)))
    killed.add(MAX / 2 + 10_000)
    expect(calls).to.equal(2)
    const next = limitWith(counted)
    for (let added = 0; added < MAX / 32; added += 1000) next.add(1000)
    await next.running
    expect(calls).to.equal(3)
  })
})
