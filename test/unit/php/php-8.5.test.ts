/** The kit beside the names of PHP 8.5: each is exported and works, or stands here with the reason. */
import { expect } from 'chai'
import {
  libcurlVersionNumber,
  nodeLibcurlMajor,
  usesGnuTls,
} from '../../../src/engine/node-libcurl/binding.js'
import * as php from '../../../src/php/index.js'
import {
  CLASSES,
  FUNCTIONS,
  MULTI_OPTIONS,
  NEWER_CONSTANTS,
  SHARE_OPTIONS,
} from '../../contract/php/php-8.5-names.js'

const kit = php as unknown as Readonly<Record<string, unknown>>
const constants = Object.values(NEWER_CONSTANTS).flat()

/** Not exported. */
const MISSING: Readonly<Record<string, string>> = {
  CURLFOLLOW_ALL: 'FOLLOWLOCATION is on or off, as in PHP 8.2',
  CURLFOLLOW_FIRSTONLY: 'FOLLOWLOCATION is on or off, as in PHP 8.2',
  CURLFOLLOW_OBEYCODE: 'FOLLOWLOCATION is on or off, as in PHP 8.2',
}

const ONLY_OPENSSL = 'CURLOPT_SSL_SIGNATURE_ALGORITHMS'
const NODE_LIBCURL = 'node-libcurl cannot set it'
/** Exported, so that setting them says why they cannot be set. */
const IMPOSSIBLE: Readonly<Record<string, string>> = {
  CURLOPT_MIME_OPTIONS: 'multipart bodies are made here',
  CURLOPT_QUICK_EXIT: NODE_LIBCURL,
  CURLOPT_SSH_HOSTKEYFUNCTION: NODE_LIBCURL,
  CURLOPT_WS_OPTIONS: NODE_LIBCURL,
}

/** Options and infos that need node-libcurl 5, and the libcurl that they came with. */
const NEEDS: Readonly<Record<string, number>> = {
  CURLINFO_CONN_ID: 0x080200,
  CURLINFO_HTTPAUTH_USED: 0x080c00,
  CURLINFO_POSTTRANSFER_TIME_T: 0x080a00,
  CURLINFO_PROXYAUTH_USED: 0x080c00,
  CURLINFO_QUEUE_TIME_T: 0x080600,
  CURLINFO_USED_PROXY: 0x080700,
  CURLOPT_CA_CACHE_TIMEOUT: 0x075700,
  CURLOPT_SSL_SIGNATURE_ALGORITHMS: 0x080e00,
  CURLOPT_TCP_KEEPCNT: 0x080900,
}
const isThere = (name: string): boolean => {
  const version = NEEDS[name]
  return version === undefined || (nodeLibcurlMajor >= 5 && libcurlVersionNumber >= version)
}

const VALUES: Readonly<Record<string, unknown>> = {
  CURLOPT_DEBUGFUNCTION: () => 0,
  CURLOPT_PREREQFUNCTION: () => 0,
  CURLOPT_SSH_HOSTKEYFUNCTION: () => 0,
  CURLOPT_PROTOCOLS_STR: 'http',
  CURLOPT_REDIR_PROTOCOLS_STR: 'http',
  CURLOPT_SSL_SIGNATURE_ALGORITHMS: 'rsa_pss_rsae_sha256',
}

describe('the names of PHP 8.5’s curl extension', () => {
  it('are exported, or the reason stands here', () => {
    const names = [
      ...Object.values(FUNCTIONS).flat(),
      ...CLASSES,
      ...MULTI_OPTIONS,
      ...SHARE_OPTIONS,
      ...constants,
    ]
    expect(names.length).to.be.above(90)
    expect(names.filter((name) => !(name in kit))).to.have.members(Object.keys(MISSING))
    for (const name of [...CLASSES, ...Object.values(FUNCTIONS).flat()])
      expect(kit[name], name).to.be.a('function')
  })

  it('are all that the kit has of these families', () => {
    const functions = new Set(Object.values(FUNCTIONS).flat())
    expect(Object.keys(kit).filter((name) => /^curl_/.test(name) && !functions.has(name))).to.deep.equal([])
    expect(Object.keys(kit).filter((name) => name.startsWith('CURLMOPT_'))).to.have.members(MULTI_OPTIONS)
    expect(Object.keys(kit).filter((name) => name.startsWith('CURLSHOPT_'))).to.have.members(SHARE_OPTIONS)
  })

  for (const name of constants.filter((each) => each.startsWith('CURLOPT_'))) {
    it(`${name} is set, or the error says why not`, () => {
      const ch = php.curl_init()
      const set = (): unknown => php.curl_setopt(ch, kit[name] as number, VALUES[name] ?? 1)
      if (name in IMPOSSIBLE)
        expect(set).to.throw(php.OptionError, `is not possible: ${IMPOSSIBLE[name] ?? ''}`)
      else if (isThere(name)) expect(set()).to.equal(!(usesGnuTls && name === ONLY_OPENSSL))
      else expect(set).to.throw(php.OptionError, 'needs node-libcurl 5 with libcurl')
    })
  }

  it('have infos that are read, or the error says what they need', async () => {
    const ch = php.curl_init('http://127.0.0.1:1/')
    await php.curl_exec(ch)
    const infos = constants.filter((name) => name.startsWith('CURLINFO_') && (kit[name] as number) > 0x100000)
    expect(infos).to.have.length(8)
    for (const name of infos) {
      const read = (): unknown => php.curl_getinfo(ch, kit[name] as number)
      const type = name.startsWith('CURLINFO_CA') ? 'string' : 'number'
      if (isThere(name)) expect(read(), name).to.be.a(type)
      else expect(read, name).to.throw(php.OptionError, 'needs node-libcurl 5 with libcurl')
    }
  })
})
