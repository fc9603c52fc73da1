/** What people write, in words: config files, lines of JSON, formats of -w, curl commands. */
import { expect } from 'chai'
import { parseCommandLine } from '../../../src/cli/arguments/command-line.js'
import { parseConfig } from '../../../src/cli/arguments/config-file.js'
import { toCurl } from '../../../src/cli/requests/curl-command.js'
import { fromCurl } from '../../../src/cli/requests/pasted-curl.js'
import { FLAGS } from '../../../src/cli/arguments/flags.js'
import { parseLine } from '../../../src/cli/input/input-line.js'
import { UsageError } from '../../../src/cli/errors/errors.js'
import { draftRequest } from '../../../src/cli/requests/request-draft.js'

describe('words', () => {
  it('of config files become those of a command line', () => {
    const text =
      '# no\n\nurl = "http://a/\\"b\\"\\t"\n-X POST\n--silent\nuser-agent: me\ndata="x y"\nlocation\n'
    expect(parseConfig(text, 'f')).to.deep.equal([
      '--url',
      'http://a/"b"\t',
      '-X',
      'POST',
      '--silent',
      '--user-agent',
      'me',
      '--data',
      'x y',
      '--location',
    ])
    expect(() => parseConfig('a = "x', 'f')).to.throw(UsageError, 'line 1')
  })

  it('of the command line keep their order, and combine as letters', () => {
    const { given, urls } = parseCommandLine(['-sXPUT', 'u1', '-H', '-x: y', '--', '-u2'])
    expect(given).to.deep.equal([
      ['silent', null],
      ['request', 'PUT'],
      ['header', '-x: y'],
    ])
    expect(urls).to.deep.equal(['u1', '-u2'])
  })

  it('each option of a request is known where requests are made', () => {
    for (const { long, value, ofRequest } of FLAGS) {
      if (!ofRequest) continue
      const sample =
        { opt: 'PORT=1', form: 'a=b', 'form-string': 'a=b', cert: 'file', proto: '=http' }[long] ?? '1'
      expect(() => draftRequest([[long, value === undefined ? null : sample]]), long).to.not.throw()
    }
  })

  it('of JSON lines are options, and never files', () => {
    const { layer } = parseLine(
      '{"url":"u","method":"PUT","headers":{"A":"1","B":null,"C":""},"data":"@f","form":{"x":"@y"},"insecure":true,"PORT":8}',
    )
    expect(layer).to.deep.include.members([
      ['request', 'PUT'],
      ['header', 'A: 1'],
      ['header', 'B:'],
      ['header', 'C;'],
      ['data-raw', '@f'],
      ['form-string', 'x=@y'],
      ['insecure', null],
      ['opt', 'PORT=8'],
    ])
    expect(parseLine('{"url":"u","id":7,"json":[1]}')).to.deep.equal({
      url: 'u',
      id: '7',
      layer: [
        ['header', 'Content-Type: application/json'],
        ['header', 'Accept: application/json'],
        ['data-raw', '[1]'],
      ],
    })
    for (const line of [
      '[]',
      '1',
      '{}',
      '{"url":"u","cookie":"file"}',
      '{"url":"u","headers":["@f"]}',
      '{"url":"u","output":1}',
      '{"url":"u","insecure":"no"}',
      '{"url":"u","journal":"x"}',
    ]) {
      expect(() => parseLine(line), line).to.throw(UsageError)
    }
  })

  it('of curl commands go in and out', () => {
    const rules = { trusts: false, warn: () => undefined }
    const [first, second] = fromCurl(
      `$ curl -sSL --http2 'http://a/?x=1&y' -H 'A: it'\\''s' --next -X DELETE http://b/`,
      rules,
    )
    const optionsOf = (input: typeof first): unknown => input?.pasted?.options
    expect(first?.url).to.equal('http://a/?x=1&y')
    expect(optionsOf(first)).to.deep.include({ FOLLOWLOCATION: 1, HTTP_VERSION: 3, HTTPHEADER: ["A: it's"] })
    expect(second?.url).to.equal('http://b/')
    expect(optionsOf(second)).to.deep.include({ CUSTOMREQUEST: 'DELETE' })
    expect(optionsOf(second)).to.not.have.any.keys('FOLLOWLOCATION', 'HTTPHEADER')
    expect(
      toCurl(
        first!,
        [
          ['header', 'a: shared'],
          ['user-agent', 'me'],
        ],
        'out file',
      ),
    ).to.equal(`curl -A me -L --http2 -H 'A: it'"'"'s' -o 'out file' 'http://a/?x=1&y'`)
    expect(toCurl({ url: 'u' }, [['opt', 'TCP_NODELAY=1']], undefined)).to.equal(
      'curl u # without --opt TCP_NODELAY',
    )
    for (const command of ['wget x', 'curl', "curl 'x", 'curl --no-such x'])
      expect(() => fromCurl(command, rules), command).to.throw(UsageError)
  })
})
