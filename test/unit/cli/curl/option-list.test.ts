/**
 * Each option of curl 8.22 is in the option table, is taken in curl's way, and has an effect; the others are
 * in docs/curl-command.md. Does not look at what the effects are.
 */
import { expect } from 'chai'
import { lacks } from '../../../../src/cli/curl/arguments/table/option.js'
import { OPTION_GROUPS } from '../../../../src/cli/curl/arguments/table/option-table.js'
import { CurlError, type Invocation } from '../../../../src/cli/curl/invocation.js'
import { curlContext, parseCurl } from '../../../support/curl-context.js'
import { CURL_OPTIONS } from '../../../support/curl-options.js'

const OURS = OPTION_GROUPS.filter(([group]) => group !== 'parallelcurl').flatMap(([, options]) => options)

/** Values for options that do not take any text. */
const VALUES: Readonly<Record<string, string>> = {
  'continue-at': '5',
  'create-file-mode': '640',
  'dns-ipv4-addr': '127.0.0.1',
  'dns-ipv6-addr': '::1',
  delegation: 'always',
  'form-string': 'name=value',
  form: 'name=value',
  'ftp-method': 'nocwd',
  'ftp-ssl-ccc-mode': 'active',
  hostpubmd5: '0123456789abcdef0123456789abcdef',
  'keepalive-time': '7',
  'limit-rate': '10K',
  'local-port': '1000-2000',
  'max-filesize': '10M',
  'max-redirs': '7',
  'proto-default': 'ftp',
  'proto-redir': 'http',
  proto: 'http',
  rate: '2/s',
  'speed-limit': '1000',
  'socks5-basic': '',
  'time-cond': '2020-01-01 00:00:00 GMT',
  'tls-max': '1.2',
  'upload-flags': 'answered',
  variable: 'name=value',
  'vlan-priority': '3',
  'ip-tos': 'CS1',
  'write-out': '%{http_code}',
}

/** These steer the reading, or take -P back, and leave no trace in what was read. */
const STEERING = 'config disable ftp-pasv next url variable'.split(' ')
/** These set what holds anyway: the --no- form is the one with an effect. */
const ON = `alpn buffer eprt epsv ftp-skip-pasv-ip keepalive progress-meter sessionid styled-output
            tcp-nodelay`.split(/\s+/)
/** curl's own parser takes it and does nothing: docs/curl-command.md says so. */
const WITHOUT_EFFECT = ['socks5-gssapi-service']
const WITHOUT_TRACE = new Set([...STEERING, ...WITHOUT_EFFECT])
const INFORMATION = new Set(['help', 'manual', 'version', 'dump-ca-embed'])

const shown = ({ global, operations }: Invocation): string =>
  JSON.stringify([
    { ...global, trace: { ...global.trace, components: [...global.trace.components] } },
    operations.map(({ settings, targets }) => ({ settings, targets })),
  ])

describe('the options of curl 8.22', () => {
  it('are the option table, with their letters and kinds', () => {
    const found = OURS.map((option) => {
      const { long, short, kind } = option
      const shownKind = kind === 'gone' ? (option.takesValue ? 'gone-value' : 'gone-switch') : kind
      return `${long},${short} ${shownKind}`
    })
    const expected = CURL_OPTIONS.map(({ long, short, kind }) => `${long},${short} ${kind}`)
    expect(found.sort()).to.deep.equal(expected.sort())
    expect(expected).to.have.length(284)
  })

  it('change what is read, or say that they cannot, or that they have no function any more', () => {
    const files = { FILE: 'content' }
    const world = { files }
    const { build } = curlContext().context
    const before = shown(parseCurl(['http://a/'], world))
    const idle: string[] = []
    for (const { long, kind } of CURL_OPTIONS) {
      const option = OURS.find((one) => one.long === long)
      if (WITHOUT_TRACE.has(long) || INFORMATION.has(long)) continue
      const hasValue = kind !== 'flag' && kind !== 'once' && kind !== 'gone-switch'
      const value = VALUES[long] ?? (kind === 'number' || kind === 'seconds' ? '7' : 'FILE')
      const words = [`--${ON.includes(long) ? 'no-' : ''}${long}`, ...(hasValue ? [value] : []), 'http://a/']
      try {
        const read = parseCurl(words, world)
        const isGone = kind.startsWith('gone') && read.said.some((line) => line.includes('no function'))
        if (shown(read) === before && !isGone) idle.push(words.join(' '))
      } catch (error) {
        if (!(error instanceof CurlError)) throw error
        if (lacks(option?.needs, build) === undefined) idle.push(`${words.join(' ')}: ${error.message}`)
      }
    }
    expect(idle).to.deep.equal([])
  })
})
