import { expect } from 'chai'
import { fileURLToPath } from 'node:url'
import * as constants from '../../../../src/php/values/constants.js'
import { requirePhp, runPhp } from '../../../support/programs/real-php.js'

const table: Record<string, number> = constants

describe('PHP constants', () => {
  it("are those of PHP 8.2's curl extension, with its values", function () {
    requirePhp(this)
    const dump = runPhp(
      fileURLToPath(new URL('../../../../scripts/generate/php-constants.php', import.meta.url)),
      null,
    )
    const { php, constants: real } = dump as { php: string; constants: Record<string, number> }
    if (php.startsWith('8.2.')) return expect({ ...table }).to.deep.equal(real)
    // Another PHP has more or fewer constants, but none with another value.
    for (const [name, value] of Object.entries(real)) {
      if (name in table) expect(value, name).to.equal(table[name])
    }
  })

  it('hold what exists in PHP only', () => {
    expect(constants.CURLOPT_RETURNTRANSFER).to.equal(19913)
    expect(constants.CURLOPT_BINARYTRANSFER).to.equal(19914)
    expect(constants.CURLOPT_SAFE_UPLOAD).to.equal(-1)
    expect(constants.CURLOPT_FILE).to.equal(10001)
    expect(constants.CURLOPT_WRITEHEADER).to.equal(10029)
    expect(constants.CURLINFO_HEADER_OUT).to.equal(2)
    expect(constants.CURLINFO_HTTP_CODE).to.equal(constants.CURLINFO_RESPONSE_CODE)
  })
})
