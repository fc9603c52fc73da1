import { expect } from 'chai'
import { spawnSync } from 'node:child_process'
import * as php from '../../../../src/php/index.js'
import { FUNCTIONS } from '../../../contract/php/php-8.5-names.js'
import { requirePhp } from '../../../support/programs/real-php.js'

/** The functions that PHP 8.5 has and 8.2 has not. */
const NEWER = FUNCTIONS['8.5'] ?? []

describe('the functions of PHP’s curl extension', () => {
  it('are all there', function () {
    requirePhp(this)
    const list = 'echo json_encode(get_extension_funcs("curl"));'
    const { stdout } = spawnSync('php', ['-n', '-d', 'extension=curl', '-r', list], { encoding: 'utf8' })
    const names = [...(JSON.parse(stdout) as string[]), ...NEWER]
    expect(names.length).to.be.at.least(33)
    expect([...new Set(names)].filter((name) => !(name in php))).to.deep.equal([])
  })

  it('are PHP’s: nothing else begins with curl_', function () {
    requirePhp(this)
    const ours = Object.keys(php).filter((name) => name.startsWith('curl_'))
    const { stdout } = spawnSync(
      'php',
      ['-n', '-d', 'extension=curl', '-r', 'echo json_encode(get_extension_funcs("curl"));'],
      { encoding: 'utf8' },
    )
    const theirs = new Set([...(JSON.parse(stdout) as string[]), ...NEWER])
    expect(ours.filter((name) => !theirs.has(name))).to.deep.equal([])
  })
})
