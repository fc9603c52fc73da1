/** Words of a curl command line, and what they say. */
import { expect } from 'chai'
import fc from 'fast-check'
import { OPTION_GROUPS } from '../../../../src/cli/curl/arguments/table/option-table.js'
import { CurlError } from '../../../../src/cli/curl/invocation.js'
import type { OperationSettings } from '../../../../src/cli/curl/operation-settings.js'
import { parseInvocation } from '../../../../src/cli/curl/arguments/parse.js'
import { curlContext, parseCurl, type World } from '../../../support/curl-context.js'

function settings(words: readonly string[], world?: World): OperationSettings {
  return parseCurl(words, world).operations[0]!.settings
}

function failure(words: readonly string[], world?: World): CurlError {
  try {
    parseCurl(words, world)
  } catch (error) {
    if (error instanceof CurlError) return error
    throw error
  }
  throw new Error(`${words.join(' ')} was taken`)
}

describe('parseInvocation: words', () => {
  it('takes letters together, with a value attached or behind them', () => {
    const { global, operations } = parseCurl(['-sSLo', 'f', 'http://a/', '-m2.5', '-XPUT'])
    const [{ settings: of, targets }] = operations as [(typeof operations)[0]]
    expect([global.silent, global.showError, of.follow, of.maxTimeMs, of.request]).to.deep.equal([
      true,
      true,
      1,
      2500,
      'PUT',
    ])
    expect(targets).to.deep.equal([
      { url: 'http://a/', output: 'f', remoteName: false, discard: false, noGlob: false, number: 0 },
    ])
  })

  it('takes long names with a value behind them or behind "=", and the --no- form of switches', () => {
    expect(
      settings(['--max-time=3', '--user-agent', 'x', '--no-location', '--no-keepalive', 'u']),
    ).to.include({
      maxTimeMs: 3000,
      userAgent: 'x',
      follow: 0,
      noKeepalive: true,
    })
    expect(settings(['-N', 'u']).noBuffer).to.equal(true)
    expect(settings(['--no-buffer', 'u']).noBuffer).to.equal(true)
    expect(settings(['--buffer', 'u']).noBuffer).to.equal(false)
  })

  it('takes what follows -- as URLs', () => {
    expect(parseCurl(['-s', '--', '-x', 'b']).operations[0]!.targets.map(({ url }) => url)).to.deep.equal([
      '-x',
      'b',
    ])
  })

  it('knows every option by its long name and its letter, and one for each', () => {
    const options = OPTION_GROUPS.flatMap(([, all]) => all)
    const letters = options.map(({ short }) => short).filter((letter) => letter !== '')
    expect(new Set(letters).size).to.equal(letters.length)
    expect(new Set(options.map(({ long }) => long)).size).to.equal(options.length)
    // Of 8.22's table, without what only debug builds have.
    expect(options.length).to.be.greaterThan(270)
  })

  it('ends with exit code 2 at an unknown option, and says the nearest', () => {
    expect(failure(['--locatoin', 'u'])).to.deep.include({
      exitCode: 2,
      lines: [
        'curl: option --locatoin: is unknown',
        'curl: did you mean --location?',
        "curl: try 'curl --help' for more information",
      ],
    })
    expect(failure(['-sWx', 'u']).lines[0]).to.equal('curl: option -sWx: is unknown')
    expect(failure(['-', 'u']).lines[0]).to.equal('curl: option -: is unknown')
    // Abbreviations went with curl 8.
    expect(failure(['--loc', 'u']).lines[0]).to.equal('curl: option --loc: is unknown')
  })

  it('says why a value cannot be', () => {
    const reason = (...words: string[]): string => failure(words).lines[0]!.replace('curl: ', '')
    expect(reason('-m', 'x')).to.equal('option -m: expected a proper numerical parameter')
    expect(reason('--retry', '-1')).to.equal('option --retry: expected a positive numerical parameter')
    expect(reason('-m')).to.equal('option -m: requires parameter')
    expect(reason('--no-max-time', '1')).to.equal(
      'option --no-max-time: the given option cannot be reversed with a --no- prefix',
    )
    expect(reason('--expand-silent', 'x')).to.equal('option --expand-silent: variable expansion failure')
    expect(reason('-o', '', 'u')).to.equal('option -o: blank argument where content is expected')
    expect(reason('--proto', '-http,nope')).to.equal('option --proto: is badly used here')
    expect(failure(['--proto-default', 'nope']).exitCode).to.equal(1)
    expect(failure(['-d', '@missing']).exitCode).to.equal(26)
    expect(failure(['-K', 'missing']).exitCode).to.equal(26)
    expect(failure(['--next', 'u']).lines[0]).to.equal('curl: option --next: is badly used here')
    expect(reason('-J', '-C', '-', 'u')).to.equal('--continue-at and --remote-header-name cannot be combined')
  })

  it("has the system's words for a file that cannot be read", () => {
    const { context, said } = curlContext()
    parseInvocation(['-q', '-F', 'a=1;headers=@none', 'u'], context)
    expect(() => parseInvocation(['-q', '--variable', 'v@none', 'u'], context)).to.throw(CurlError)
    expect(said).to.deep.equal([
      'warning: Cannot read from none: No such file or directory',
      'error: Failed to open none: No such file or directory',
    ])
  })

  it('refuses words that Node.js has lost bytes of', () => {
    expect(failure(['http://a/\ufffd']).lines[0]).to.match(/not UTF-8/)
    expect(failure(['-d', 'a\ufffd', 'u']).lines[0]).to.match(/^curl: option -d: .*not UTF-8/)
  })

  it('refuses what cannot be done, in one line and with exit code 2, and takes its --no- form', () => {
    for (const words of [['--xattr'], ['--ip-tos', 'CS1'], ['--mptcp'], ['--dns-servers', '1.1.1.1']]) {
      const { exitCode, lines } = failure([...words, 'u'])
      expect(exitCode).to.equal(2)
      expect(lines[0]).to.match(/^curl: option --[a-z-]+: cannot be done here: ./)
    }
    expect(settings(['--no-xattr', '--no-mptcp', 'u']).xattr).to.equal(false)
    const build = { has: (name: string) => name !== 'ALTSVC', features: new Set(['alt-svc']) }
    expect(failure(['--alt-svc', 'f', 'u'], { build }).lines[0]).to.equal(
      'curl: option --alt-svc: cannot be done here: node-libcurl cannot set CURLOPT_ALTSVC',
    )
    expect(failure(['--http2', 'u'], { build }).lines[0]).to.match(/libcurl 8.22.0 is built without HTTP2/)
  })

  it('gives each URL the outputs and uploads of its place', () => {
    const { targets } = parseCurl(['-o', '1', 'a', 'b', '-T', 'x', '-O', '-T', '', '-o', '3', 'c'])
      .operations[0]!
    expect(
      targets.map(({ url, output, remoteName, upload }) => [url, output, remoteName, upload]),
    ).to.deep.equal([
      ['a', '1', false, 'x'],
      ['b', undefined, true, undefined],
      ['c', '3', false, undefined],
    ])
  })

  it('reads lists of URLs, which have no globs and are saved by their names', () => {
    const files = { list: '# no\n http://a/[1]\n\nhttp://b/\n' }
    const { targets } = parseCurl(['--url', '@list', 'c'], { files }).operations[0]!
    expect(targets.map(({ url, remoteName, noGlob }) => [url, remoteName, noGlob])).to.deep.equal([
      [' http://a/[1]', true, true],
      ['http://b/', true, true],
      ['c', false, false],
    ])
    expect(failure(['@missing']).exitCode).to.equal(26)
  })

  it('keeps the settings of operations apart', () => {
    const { operations } = parseCurl(['-H', 'A: 1', 'a', '--next', '-b', 'c=1', 'b', '-:', 'c'])
    expect(
      operations.map(({ settings: of, targets }) => [targets[0]!.url, of.header, of.cookie]),
    ).to.deep.equal([
      ['a', ['A: 1'], []],
      ['b', [], ['c=1']],
      ['c', [], []],
    ])
  })

  it('stops at --help, --version and --manual', () => {
    expect(parseCurl(['-s', '--help', 'all', '--nope']).information).to.deep.equal({
      kind: 'help',
      topic: 'all',
    })
    expect(parseCurl(['-V', '--nope']).information).to.deep.equal({ kind: 'version' })
    expect(parseCurl(['-hM']).information).to.deep.equal({ kind: 'help', topic: 'M' })
  })

  it('counts -v within a word', () => {
    const { global } = parseCurl(['-vv', 'u'])
    expect(global.verbosity).to.equal(2)
    expect([global.trace.kind, global.trace.file, global.trace.ids, global.trace.time]).to.deep.equal([
      'plain',
      '%',
      true,
      true,
    ])
    expect(parseCurl(['-v', '-v', 'u']).global.verbosity).to.equal(1)
    expect(parseCurl(['-vvv', '--no-verbose', 'u']).global.trace.kind).to.equal('none')
  })

  it('warns in the order of the words, and not when -s stands before', () => {
    expect(parseCurl(['-f', '--fail-with-body', '-H', 'x', '--npn', '-r', '5', 'u']).said).to.deep.equal([
      'warning: --fail-with-body deselects --fail here',
      "warning: The provided HTTP header 'x' does not look like a header?",
      'warning: --npn is deprecated and has no function anymore',
      'warning: A specified range MUST include at least one dash (-). Appending one for you',
    ])
    expect(parseCurl(['-s', '-H', 'x', 'u']).said).to.deep.equal([])
    expect(parseCurl(['-o', '-x', '-H', '\u201ch:', 'u']).said).to.deep.equal([
      "warning: The filename argument '-x' looks like a flag.",
      "warning: The argument '\u201ch:' starts with a Unicode character. Maybe ASCII was intended?",
    ])
  })

  it('takes any words without a mistake of its own', () => {
    const letters = fc.constantFrom(...'abcdefgijklmnopqrstuvwxyzABCDEFGHIJLMNOPQRSTUVWXYZ0123456:#-=,@ ')
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string({ unit: letters }), fc.string())), (words) => {
        try {
          parseCurl(words)
        } catch (error) {
          if (!(error instanceof CurlError)) throw error
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('parseInvocation: options', () => {
  it('joins data, and makes a form of --json', () => {
    const files = { f: 'a\r\nb\0c' }
    expect(String(settings(['-d', 'x=1', '-d', '@f', '--data-raw', '@y', 'u'], { files }).data)).to.equal(
      'x=1&abc&@y',
    )
    expect(String(settings(['--data-binary', '@f', 'u'], { files }).data)).to.equal('a\r\nb\0c')
    const json = settings(['--json', '{"a":', '--json', '1}', '-H', 'accept: x', 'u'])
    expect([String(json.data), json.header]).to.deep.equal([
      '{"a":1}',
      ['accept: x', 'Content-Type: application/json'],
    ])
    expect(
      String(
        settings(
          [
            '--data-urlencode',
            'a b&',
            '--data-urlencode',
            '=c=d',
            '--data-urlencode',
            'n=\u00e4 ~',
            '--data-urlencode',
            'm@f',
            'u',
          ],
          { files },
        ).data,
      ),
    ).to.equal('a+b%26&c%3Dd&n=%C3%A4+~&m=a%0D%0Ab%00c')
    expect(String(settings(['-d', '@-', 'u'], { stdin: 'in\n' }).data)).to.equal('in')
    expect(settings(['--url-query', 'a=b c', '--url-query', '+x=y z', 'u']).urlQuery).to.equal('a=b+c&x=y z')
  })

  it('reads cookies, referers, certificates, ports', () => {
    const of = settings([
      '-b',
      'a=1',
      '-b',
      'jar',
      '-b',
      'c=2',
      '-e',
      'http://r/;auto',
      '-E',
      'a\\:b:p:w',
      '--local-port',
      '40 - 50',
      'u',
    ])
    expect([of.cookie, of.cookieFile, of.referer, of.autoReferer]).to.deep.equal([
      ['a=1', 'c=2'],
      ['jar'],
      'http://r/',
      true,
    ])
    expect([of.tls.cert, of.tls.pass, of.localPort, of.localPortRange]).to.deep.equal(['a:b', 'p:w', 40, 11])
  })

  it('has a grammar for protocols', () => {
    const proto = (text: string): string | undefined => settings(['--proto', text, 'u']).proto
    expect(proto('=http,https')).to.equal('http,https')
    expect(proto('-all,HTTP')).to.equal('http')
    expect(proto('-all,+ftp,=https,+http')).to.equal('http,https')
    expect(settings(['--proto-redir', '-http', 'u']).protoRedir).to.equal('ftp,ftps,https')
  })

  it('reads sizes, seconds and rates with their bounds', () => {
    const rate = (text: string): number => parseCurl(['--rate', text, 'u']).global.msPerTransfer
    expect(['2/s', '3/15s', '10', '1/2d'].map(rate)).to.deep.equal([500, 5000, 360_000, 172_800_000])
    const size = (text: string): number => settings(['--max-filesize', text, 'u']).maxFilesize
    expect(['10', '1k', '1.5M', '2G', '3b', '1.25k'].map(size)).to.deep.equal([
      10,
      1024,
      1572864,
      2 ** 31,
      3,
      1280,
    ])
    for (const bad of ['', 'k', '1.5', '1x', '1kk', '9p9', '99999999p'])
      expect(failure(['--limit-rate', bad, 'u']).exitCode).to.equal(2)
    expect(settings(['--connect-timeout', '1.0015', 'u']).connectTimeoutMs).to.equal(1001)
    expect(settings(['--retry-delay', '0.25', 'u']).retryDelayMs).to.equal(250)
  })

  it('asks for a password where there is none', () => {
    expect(settings(['-u', 'me', 'u']).user).to.equal('me:')
    expect(settings(['-u', 'me:', '-U', ';AUTH=x', 'u'])).to.include({ user: 'me:', proxyUser: ';AUTH=x' })
  })

  it('refuses two kinds of request, and what goes with no -C', () => {
    expect(failure(['-F', 'a=b', '-I', 'u']).exitCode).to.equal(2)
    expect(failure(['-C', '5', '-r', '1-', 'u']).exitCode).to.equal(2)
    expect(failure(['--remove-on-error', '-C', '5', 'u']).exitCode).to.equal(2)
    expect(failure(['-C', '-', '--no-clobber', 'u']).exitCode).to.equal(2)
    expect(failure(['--etag-save', 'x', 'a', 'b']).exitCode).to.equal(2)
  })

  it('hands on the options of ours, and leaves the letters to curl', () => {
    const { global, operations } = parseCurl(['--journal', 'j', '--resume', '-i', 'u'])
    expect(global.ours).to.deep.equal([
      ['journal', 'j'],
      ['resume', null],
    ])
    expect(operations[0]!.settings.showHeaders).to.equal(true)
  })
})
