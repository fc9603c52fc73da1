/**
 * The table of libcurl's faults: it has all of them, and each is worked around where it says. Does not know
 * the workarounds.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { FAULTS } from '../../../../src/engine/node-libcurl/faults.js'

const SRC = resolve(import.meta.dirname, '../../../../src')
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
const textOf = (file: string): string => readFileSync(join(SRC, file), 'utf8')

describe("the table of libcurl's faults", () => {
  for (const [name, { workaround, what, source, brokenFrom, fixedIn }] of Object.entries(FAULTS)) {
    it(`${name} is worked around in ${workaround}, which asks for it`, () => {
      const askers = files.filter((file) => textOf(file).includes(`hasFault('${name}')`))
      expect(askers).to.deep.equal([workaround])
      expect(brokenFrom).to.be.below(fixedIn)
      expect([what, source].every((text) => text.length > 5)).to.equal(true)
    })
  }

  it('is the only place of src that compares versions of libcurl, but for left-overs of handles', () => {
    // `parallelcurl curl` has the versions in which curl got its options.
    const comparing = files.filter(
      (file) =>
        !file.startsWith('cli/curl/') &&
        /libcurlVersionNumber\s*[<>=]|0x0[78][0-9a-f]{4}\b/.test(textOf(file)),
    )
    expect(comparing.sort()).to.deep.equal([
      'engine/node-libcurl/binding.ts',
      'engine/node-libcurl/faults.ts',
      'engine/request/reset-leftovers.ts',
    ])
  })
})
