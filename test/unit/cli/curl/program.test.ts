/**
 * `--libcurl`: the C program of a command line. (curl's own tests compare whole programs:
 * scripts/curl-suite.)
 */
import { expect } from 'chai'
import fc from 'fast-check'
import { planTransfer } from '../../../../src/cli/curl/request/plan-transfer.js'
import { expandTargets } from '../../../../src/cli/curl/request/expand-targets.js'
import { CProgram } from '../../../../src/cli/curl/program/c-program.js'
import { inOrder } from '../../../../src/cli/curl/program/c-options.js'
import { cString } from '../../../../src/cli/curl/program/c-text.js'
import { curlContext } from '../../../support/curl-context.js'
import { parseInvocation } from '../../../../src/cli/curl/arguments/parse.js'

/** The statements that set something, without blanks at their beginning. */
function programOf(...words: readonly string[]): string[] {
  const { context } = curlContext({ files: { 'f.txt': 'x' }, stdin: 'secret' })
  const { global, operations } = parseInvocation(words, context)
  const program = new CProgram(global)
  for (const operation of operations)
    for (const expanded of expandTargets(operation, global, context))
      program.add({ operation, plan: planTransfer(operation, expanded, global, context), sent: null })
  return program.text.split('\n').map((line) => line.trim())
}

describe('cString()', () => {
  /** Reads the literal as a C compiler does. */
  const bytesOf = (literal: string): Buffer => {
    const escapes = /\\(?:x([\da-fA-F]+)|([0-7]{1,3})|([trn?"\\]))|[^\\]/g
    const named: Record<string, string> = { t: '\t', r: '\r', n: '\n' }
    return Buffer.from(
      Array.from(literal.slice(1, -1).matchAll(escapes), ([all, hex, octal, name]) => {
        if (hex !== undefined) return Number.parseInt(hex, 16)
        if (octal !== undefined) return Number.parseInt(octal, 8)
        return (name === undefined ? all : (named[name] ?? name)).charCodeAt(0)
      }),
    )
  }

  it('means the same bytes to a compiler, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect([...bytesOf(cString(bytes))]).to.deep.equal([...bytes])
      }),
    )
  })

  it('escapes what a compiler takes for something else', () => {
    expect(cString('??=\u0001f\u0001g"é')).to.equal('"\\?\\?=\\001f\\x01g\\"\\xc3\\xa9"')
  })
})

describe('CProgram', () => {
  it('sets options with the symbols of their values, in the order of curl', () => {
    const lines = programOf(
      '-s',
      '-u',
      'a:b',
      '--anyauth',
      '-H',
      'X: 1',
      '-L',
      '-z',
      '1 Jan 2018',
      '-k',
      'http://h/',
    )
    const set = lines.filter((line) => line.startsWith('curl_easy_setopt'))
    const names = set.map((line) => /CURLOPT_(\w+)/.exec(line)?.[1])
    expect(names.slice(1, 8)).to.deep.equal([
      'URL',
      'NOPROGRESS',
      'USERPWD',
      'HTTPAUTH',
      'HTTPHEADER',
      'USERAGENT',
      'TIMECONDITION',
    ])
    expect(set).to.include.members([
      'curl_easy_setopt(curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_ANY);',
      'curl_easy_setopt(curl, CURLOPT_HTTPHEADER, slist1);',
      'curl_easy_setopt(curl, CURLOPT_TIMECONDITION, (long)CURL_TIMECOND_IFMODSINCE);',
      'curl_easy_setopt(curl, CURLOPT_TIMEVALUE_LARGE, (curl_off_t)1514764800);',
      'curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);',
    ])
    expect(lines).to.include('slist1 = curl_slist_append(slist1, "X: 1");')
    expect(lines).to.include('curl_slist_free_all(slist1);')
  })

  it('names kinds of authentication as curl 8.22 does, also those that --anyauth is told to leave out', () => {
    for (const [words, expected] of [
      ['--anyauth --digest', ['ANY']],
      ['--digest --anyauth', ['ANY']],
      ['--anyauth --no-basic', ['ANYSAFE']],
      ['--anyauth --no-digest', ['BASIC', 'GSSNEGOTIATE', 'NTLM', 'ONLY', 'NONE', '2147483360UL']],
      ['--anyauth --aws-sigv4 a', ['ANY']],
      ['--anyauth --oauth2-bearer a', ['ANY']],
      ['--digest --aws-sigv4 a', ['DIGEST', 'NONE', '128UL']],
      ['--oauth2-bearer a', ['NONE', '64UL']],
    ] as const) {
      const [, values = ''] =
        /CURLOPT_HTTPAUTH, ([^;]*)\);/.exec(programOf(...words.split(' '), 'h').join(' ')) ?? []
      expect(values.replaceAll('(long)CURLAUTH_', '').split(/ \| +/), words).to.deep.equal(expected)
    }
  })

  it('builds forms, also in forms', () => {
    const lines = programOf(
      '-F',
      'a=1;type=x/y',
      '-F',
      'f=@f.txt,f.txt;encoder=base64',
      '-F',
      'g=<f.txt',
      'http://h/',
    )
    const form = lines.filter(
      (line) => /mime_|part\d|CURLOPT_MIME/.test(line) && !line.startsWith('curl_mime '),
    )
    expect(form).to.deep.equal([
      'curl_mimepart *part1;',
      'curl_mimepart *part2;',
      'mime1 = curl_mime_init(curl);',
      'part1 = curl_mime_addpart(mime1);',
      'curl_mime_data(part1, "1", CURL_ZERO_TERMINATED);',
      'curl_mime_name(part1, "a");',
      'curl_mime_type(part1, "x/y");',
      'part1 = curl_mime_addpart(mime1);',
      'mime2 = curl_mime_init(curl);',
      'part2 = curl_mime_addpart(mime2);',
      'curl_mime_filedata(part2, "f.txt");',
      'part2 = curl_mime_addpart(mime2);',
      'curl_mime_filedata(part2, "f.txt");',
      'curl_mime_encoder(part2, "base64");',
      'curl_mime_subparts(part1, mime2);',
      'curl_mime_name(part1, "f");',
      'part1 = curl_mime_addpart(mime1);',
      'curl_mime_filedata(part1, "f.txt");',
      'curl_mime_filename(part1, NULL);',
      'curl_mime_name(part1, "g");',
      'curl_easy_setopt(curl, CURLOPT_MIMEPOST, mime1);',
      'curl_mime_free(mime1);',
      'curl_mime_free(mime2);',
    ])
  })

  it('reads stdin where a form does, and has nothing of what was in it', () => {
    const lines = programOf('-F', 'a=@-;type=text/x', '-F', 'b=@f.txt,-;encoder=base64', '-F', 'c=<-', 'h')
    const read = (part: string): string[] => [
      `curl_mime_data_cb(${part}, -1, (curl_read_callback)fread, \\`,
      '(curl_seek_callback)fseek, NULL, stdin);',
    ]
    expect(lines.filter((line) => /_data|stdin/.test(line))).to.deep.equal([
      ...read('part1'),
      ...read('part2'),
      ...read('part1'),
    ])
    expect(lines).to.include.members([
      'curl_mime_filename(part1, "-");',
      'curl_mime_encoder(part2, "base64");',
    ])
    expect(lines.join()).to.not.match(/secret|c2Vjc/)
  })

  it('lets no transfer keep an option of the one before', () => {
    const lines = programOf('-d', 'x=\u0000y', 'http://a/', '--next', '-T', 'f.txt', 'http://b/')
    expect(lines.filter((line) => line === 'curl_easy_reset(curl);')).to.have.length(1)
    expect(lines.indexOf('curl_easy_reset(curl);')).to.be.greaterThan(
      lines.indexOf('curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)4);'),
    )
    expect(lines).to.include('curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);')
  })

  it('knows the place of each option that a command line sets', () => {
    const { context } = curlContext({ files: { 'f.txt': 'x' } })
    const words = [
      '--raw',
      '--no-tcp-nodelay',
      '--keepalive-time',
      '5',
      '-x',
      'p',
      '-p',
      '-k',
      '--mail-from',
      'm',
    ]
    const more = [
      '-c',
      'jar',
      '-b',
      'f.txt',
      '-b',
      'a=b',
      '--compressed',
      '--hsts',
      'h',
      '--unix-socket',
      's',
      '--ssl',
    ]
    for (const url of ['http://h/', 'ftp://h/', 'sftp://h/']) {
      const { global, operations } = parseInvocation([...words, ...more, url], context)
      const [operation] = operations
      for (const expanded of expandTargets(operation!, global, context)) {
        const { options } = planTransfer(operation!, expanded, global, context)
        const last = inOrder(new Map([...Object.entries(options), ['UNKNOWN', 1]])).at(-1)
        expect(last?.[0]).to.equal('UNKNOWN')
      }
    }
  })
})
