/** Files of requests: encodings, line ends, delimiters, comments. Does not look at single requests. */
import { expect } from 'chai'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isBadLine, readInputs } from '../../../../src/cli/input/input.js'
import type { InputFormat } from '../../../../src/cli/arguments/flags/run-draft.js'

describe('readInputs()', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'inputs-'))
  })
  after(() => {
    rmSync(folder, { recursive: true })
  })

  /** Returns the URLs, `URL id` where there is one, and `where: problem`. */
  async function read(name: string, content: string | Buffer, format?: InputFormat): Promise<string[]> {
    const path = join(folder, name)
    writeFileSync(path, content)
    const found: string[] = []
    for await (const input of readInputs(path, { format, urlColumn: 'url' }, { readBytes: 0, totalBytes: 0 }))
      found.push(
        isBadLine(input)
          ? `${input.where.slice(folder.length + 1)}: ${input.problem}`
          : input.url + (input.id === undefined ? '' : ` ${input.id}`),
      )
    return found
  }

  const utf16 = (text: string, isBig: boolean): Buffer => {
    const bytes = Buffer.from(`\ufeff${text}`, 'utf16le')
    return isBig ? bytes.swap16() : bytes
  }

  it('F2: rows of CSV end with any of the three line ends, mixed, also between two reads', async () => {
    for (const [header, row] of [
      ['\r\n', '\n'],
      ['\n', '\r\n'],
      ['\r', '\r'],
      ['\r\n', '\r'],
    ] as const)
      expect(await read('ends.csv', `url,id${header}a,1${row}b,2${row}c,3`)).to.deep.equal([
        'a 1',
        'b 2',
        'c 3',
      ])
    // The read that ends between \r and \n, wherever it does.
    const urls = Array.from({ length: 9000 }, (_, i) => `http://h/${i}`)
    const found = await read('long.csv', ['url', ...urls].join('\r\n'))
    expect(found).to.deep.equal(urls)
  })

  it('F3: lists, JSON lines and CSV may be UTF-16 with a byte order mark', async () => {
    for (const isBig of [false, true]) {
      expect(await read('list.txt', utf16('http://h/ä\r\nhttp://h/2', isBig))).to.deep.equal([
        'http://h/ä',
        'http://h/2',
      ])
      expect(await read('l.jsonl', utf16('{"url":"x","id":"é"}\n', isBig))).to.deep.equal(['x é'])
      expect(await read('list.csv', utf16('url,id\nx,ü\n', isBig))).to.deep.equal(['x ü'])
    }
    expect(await read('utf8.csv', '\ufeffurl,id\nx,1\n')).to.deep.equal(['x 1'])
    expect(await read('tiny', 'x')).to.deep.equal(['x'])
    expect(await read('empty', '')).to.deep.equal([])
    const [unmarked] = await read('unmarked.txt', utf16('http://h/', false).subarray(2))
    expect(unmarked).to.equal('unmarked.txt:1: it has NULs in it: is this UTF-16 without a byte order mark?')
  })

  it('F3: an array of JSON has a request in each place', async () => {
    const pretty = '[\n  {"url": "a", "id": 1798765432109876543},\n  "b",\n  7\n]\n'
    expect(await read('array.json', pretty)).to.deep.equal([
      'a 1798765432109876543',
      'b',
      'array.json:1[2]: a line of JSON is an object with a "url", or a string',
    ])
    expect(await read('line.jsonl', '[{"url":"a"}]\n{"url":"b"}\n')).to.deep.equal(['a', 'b'])
    expect((await read('cut.json', '[{"url":"a"},\n'))[0]).to.match(/^cut\.json:1: .*array of JSON/)
    expect(await read('addresses.txt', '[::1]:80/x\n[1-3]')).to.deep.equal(['[::1]:80/x', '[1-3]'])
    expect(await read('plain.txt', '["a"]', 'lines')).to.deep.equal(['["a"]'])
  })

  it('F17: a comment may stand behind a URL, and a fragment is none', async () => {
    expect(await read('list', 'http://h/a #one\nhttp://h/b\t# two\r\nhttp://h/c#d\n#e\n')).to.deep.equal([
      'http://h/a',
      'http://h/b',
      'http://h/c#d',
    ])
    expect(await read('mac', 'a\rb\rc')).to.deep.equal(['a', 'b', 'c'])
  })

  it('F17: the delimiter of CSV is the one that parts the column of the URL from the others', async () => {
    expect(await read('semicolon.csv', 'id;url;x\n1;a,b;c\n')).to.deep.equal(['a,b 1'])
    expect(await read('tabs.tsv', '"url"\tid\tx\na\t\ty\nb\t2\tz\n')).to.deep.equal(['a ', 'b 2'])
    expect(await read('comma.csv', 'url,a;b\nx;y,1\n')).to.deep.equal(['x;y'])
    expect(await read('single.csv', 'url\nx;y\n')).to.deep.equal(['x;y'])
  })
})
