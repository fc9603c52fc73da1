/**
 * `npm run soak`, for a short time: transfers of all kinds against servers that fail. Does not know what is
 * drawn. A seed that found something belongs on its command line: `npm run soak -- 2000 SEED`.
 */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'chai'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../../../', import.meta.url))
const TRANSFERS = 2_000
const SEED = 24

describe('integration: a soak of all kinds of transfers', () => {
  const soak = async (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> => {
    const node = ['--expose-gc', '--disable-warning=DEP0180', '--import', './scripts/register-ts-node.mjs']
    try {
      return {
        code: 0,
        ...(await run(process.execPath, [...node, 'scripts/soak.ts', ...args], { cwd: root })),
      }
    } catch (error) {
      return error as { code: number; stdout: string; stderr: string }
    }
  }

  it(`finds ${TRANSFERS} transfers right: one outcome each, nothing of another, nothing left`, async function () {
    this.timeout(170_000)
    const { code, stdout, stderr } = await soak(String(TRANSFERS), String(SEED))
    expect(stdout).to.match(/\nall of it is right\n$/)
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' })
    const [, started, well, failed] = /^all +(\d+) +(\d+) +(\d+)$/m.exec(stdout)?.map(Number) ?? []
    expect(started).to.equal(TRANSFERS)
    // Else it would compare nothing, or break nothing.
    expect(well).to.be.greaterThan(TRANSFERS / 2)
    expect(failed).to.be.greaterThan(TRANSFERS / 20)
  })

  it('says what it takes', async function () {
    this.timeout(60_000)
    const { code, stderr } = await soak('many')
    expect(code).to.equal(2)
    expect(stderr).to.contain('npm run soak -- [TRANSFERS')
  })
})
