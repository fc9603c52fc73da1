/** Pasted commands as requests: what they send, what they may not touch. */
import { expect } from 'chai'
import { UsageError } from '../../../../src/cli/errors/errors.js'
import type { Input } from '../../../../src/cli/input/input-line.js'
import { fromCurl } from '../../../../src/cli/requests/pasted-curl.js'

function pasted(text: string, trusts = false): { inputs: Input[]; warnings: string[] } {
  const warnings: string[] = []
  const inputs = fromCurl(text, { trusts, warn: (words) => warnings.push(words) })
  return { inputs, warnings }
}

const options = (input: Input | undefined): Record<string, unknown> =>
  (input?.pasted?.options ?? {}) as Record<string, unknown>

describe('fromCurl', () => {
  it('A6: keeps headers, cookies and credentials of each command to it', () => {
    const { inputs } = pasted(
      "curl http://a/ -H 'authorization: A' -b 's=1' ;\ncurl http://b/ -u me:x && curl http://c/ --next http://d/ -H 'x: d'",
    )
    expect(inputs.map(({ url }) => url)).to.deep.equal(['http://a/', 'http://b/', 'http://c/', 'http://d/'])
    expect(
      inputs.map((input) => [
        options(input)['HTTPHEADER'],
        options(input)['COOKIE'],
        options(input)['USERPWD'],
      ]),
    ).to.deep.equal([
      [['authorization: A'], 's=1', undefined],
      [undefined, undefined, 'me:x'],
      [undefined, undefined, undefined],
      [['x: d'], undefined, undefined],
    ])
  })

  it('F15: takes the backslashes of Chrome off a URL, unless there is a -g', () => {
    expect(pasted("curl 'http://a/?x=\\[1\\]\\{2\\}'").inputs[0]!.url).to.equal('http://a/?x=[1]{2}')
    expect(pasted("curl -g 'http://a/\\[1\\]'").inputs[0]!.url).to.equal('http://a/\\[1\\]')
    expect(pasted("curl 'http://a/[1-3]'").inputs).to.have.length(3)
  })

  it('F14: hands on bytes in bodies, files that are none, types of fields', () => {
    expect(options(pasted("curl u --data-raw $'a\\xff'").inputs[0])['POSTFIELDS']).to.deep.equal(
      Buffer.from([97, 255]),
    )
    expect(options(pasted("curl u -d 'x=\u{1f600}'").inputs[0])['POSTFIELDS']).to.equal('x=\u{1f600}')
    expect(() => pasted("curl u -H $'a: \\xff'")).to.throw(UsageError, 'not UTF-8')
    expect(pasted('curl u -o /dev/null').inputs[0]!.output).to.equal('/dev/null')
    const form = options(pasted('curl u -F \'meta={"a":1};type=application/json\'').inputs[0])[
      'POSTFIELDS'
    ] as Buffer
    expect(String(form)).to.match(/name="meta"\r\nContent-Type: application\/json\r\n\r\n\{"a":1\}\r\n--/)
  })

  it('touches nothing local, unless it is trusted', () => {
    for (const words of [
      '-d @f',
      '-F a=@f',
      "-F 'a=x;headers=@f'",
      '-T f',
      '-o f',
      '-O',
      '-K f',
      '-b jar',
      '-H @f',
      '-n',
      '--cacert f',
      '--unix-socket s',
      '-w @f',
      '--url @f',
      '@f',
      '--variable %HOME',
      '--data-urlencode a@f',
      '--hsts f',
      '-D f',
      '--trace f',
      '-x socks5h://localhost/run/s',
      '--pinnedpubkey f',
    ])
      expect(() => pasted(`curl u ${words}`), words).to.throw(UsageError, '--trust-input')
    expect(() => pasted('curl u -c f')).to.throw(UsageError, '-c applies to the whole run')
    for (const trusts of [false, true])
      expect(() => pasted('curl u --libcurl f.c', trusts)).to.throw(
        UsageError,
        '--libcurl applies to the whole',
      )
    expect(() => pasted('curl u -d @/none', true)).to.throw(UsageError, 'Failed to open /none')
    expect(options(pasted('curl u -T /dev/null', true).inputs[0])['upload']).to.equal('/dev/null')
    expect(options(pasted('curl file:///etc/passwd').inputs[0])).to.not.have.property('PROTOCOLS_STR')
  })

  it('names each option whose file would not be written, in a trusted command, too', () => {
    for (const name of ['-D', '--dump-header', '--etag-save', '--trace', '--trace-ascii', '--stderr'])
      expect(() => pasted(`curl u ${name} f`, true), name).to.throw(
        UsageError,
        /file of --\S+ is not written/,
      )
    for (const words of ['-D -', '-D /dev/null', '--trace -', '--stderr /dev/stdout']) {
      const { inputs, warnings } = pasted(`curl u ${words}`, true)
      expect([inputs.length, inputs[0]?.pasted?.given, warnings], words).to.deep.equal([1, [], []])
    }
  })

  it('names each option about files that has no effect', () => {
    const ours = ['--output-dir d', '--create-dirs', '--no-clobber', '--skip-existing']
    for (const words of [...ours, '--remove-on-error', '-R']) {
      const { warnings } = pasted(`curl u -o f ${words}`, true)
      const who = ours.includes(words) ? 'give it to parallelcurl itself' : 'only parallelcurl curl does that'
      expect(warnings, words).to.have.length(1)
      expect(warnings[0], words)
        .to.match(/^--from-curl: --[\w-]+ in it has no effect/)
        .and.to.include(who)
    }
    expect(pasted('curl u -o f --clobber --no-create-dirs', true).warnings).to.deep.equal([])
    expect(pasted('curl u --create-dirs').warnings).to.deep.equal([])
  })

  it('says what curl says of a command that makes no sense', () => {
    expect(() => pasted('curl u --no-such')).to.throw(UsageError, '--from-curl: option --no-such: is unknown')
    expect(() => pasted('curl')).to.throw(UsageError, 'no URL specified')
    expect(() => pasted('curl "u["')).to.throw(UsageError, 'bad range specification in position 3')
    expect(() => pasted('curl --version')).to.throw(UsageError, 'asks for version')
    expect(pasted('curl u -H x').warnings[0]).to.include('does not look like a header')
    expect(() => pasted('curl "u[1-2000000]"')).to.throw(UsageError, 'more than 100000 URLs')
  })
})
