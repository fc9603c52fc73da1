/**
 * Scripts of the comparison with PHP, after what php-src's own tests check: certificates of clients, as files
 * and as text. The server shows whose certificate it got. Does not know which test checks what:
 * php-src-tests.ts does.
 */
import { bytes, type Value } from '../case.js'
import { errno, exec, init, script, set, type Script, type Step } from '../scripts/script.js'

const cert: Value = '{clientPem}'
const key: Value = '{clientKeyPem}'

const client = (name: string, ...options: [option: string, value: Value][]): Script =>
  script(
    `a certificate of a client: ${name}`,
    // Here connections are shared by handles; libcurl does not compare their keys.
    [...init('a', '{https}/client'), set('a', 'FRESH_CONNECT', 1)],
    options.map(([option, value]): Step => set('a', option, value)),
    ...[exec('a'), errno('a')],
  )
const unchecked: [string, Value][] = [
  ['SSL_VERIFYPEER', false],
  ['SSL_VERIFYHOST', false],
]
const fromFiles: [string, Value][] = [
  ['CAINFO', '{ca}'],
  ['SSLCERT', '{clientFile}'],
  ['SSLKEY', '{clientKeyFile}'],
]

export const tlsScripts: readonly Script[] = [
  client('as text', ['SSLCERT_BLOB', cert], ['SSLKEY_BLOB', key], ...unchecked),
  client('empty text', ['SSLCERT_BLOB', ''], ['SSLKEY_BLOB', key], ...unchecked),
  client('empty bytes', ['SSLCERT_BLOB', bytes('')], ['SSLKEY_BLOB', key], ...unchecked),
  client('an empty key', ['SSLCERT_BLOB', cert], ['SSLKEY_BLOB', ''], ...unchecked),
  client('an empty key as bytes', ['SSLCERT_BLOB', cert], ['SSLKEY_BLOB', bytes('')], ...unchecked),
  client('in files', ['SSLCERT', '{clientFile}'], ['SSLKEY', '{clientKeyFile}'], ...unchecked),
  client('an issuer in a file', ...fromFiles, ['ISSUERCERT', '{ca}']),
  client('an issuer as text', ...fromFiles, ['ISSUERCERT_BLOB', '{caPem}']),
  client('an empty issuer', ...fromFiles, ['ISSUERCERT_BLOB', '']),
  client('none', ['CAINFO', '{ca}']),
]
