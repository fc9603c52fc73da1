/** The limit of V8's young generation in long runs, in a process of its own: a flag holds for all of it. */
import { expect } from 'chai'
import { runChild } from '../../support/programs/child.js'

const GROWING = `
  import { getHeapSpaceStatistics } from 'node:v8'
  import { limitYoungGeneration } from './src/memory/young-generation.js'
  const [isLimited] = process.argv.slice(-1)
  const kept = []
  for (let i = 0; i < 600_000; i++) {
    if (isLimited === 'true') limitYoungGeneration(4)
    kept[i % 100_000] = { number: i, list: [i] }
  }
  console.log(getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_size)
`

describe('the young generation of a long run', () => {
  it('stays small once the run looks after it', async () => {
    const sizeOf = async (isLimited: boolean): Promise<number> => {
      const { code, stdout, stderr } = await runChild(GROWING, { args: [String(isLimited)] })
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' })
      return Number(stdout) / 1024 ** 2
    }
    const [limited, free] = await Promise.all([sizeOf(true), sizeOf(false)])
    // 16 MiB and more before Node.js 26, which has 15.5.
    expect(free).to.be.greaterThan(12)
    expect(limited).to.be.within(2, 8)
  })
})
