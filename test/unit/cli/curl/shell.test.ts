/** Pasted commands: shells, and the forms in which browsers copy requests. */
import { expect } from 'chai'
import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { UsageError } from '../../../../src/cli/errors/errors.js'
import { commandsIn } from '../../../../src/cli/curl/shell/pasted-commands.js'
import { readBash } from '../../../../src/cli/curl/shell/bash.js'
import { requireProgram } from '../../../support/programs/requires.js'

describe('readBash', () => {
  it('F14: has the quotes and escapes of bash', () => {
    const words = (text: string): string[] => readBash(text)[0] ?? []
    expect(
      words(String.raw`a "b\"\$\`\\\n" 'c\
d' e\ f g"h"'i' ""`),
    ).to.deep.equal(['a', 'b"$`\\\\n', 'c\\\nd', 'e f', 'ghi', ''])
    expect(words("$'a\\n\\t\\'\\x41\\101\\u00e9\\U0001F600\\cA\\e\\q'")).to.deep.equal([
      "a\n\t'AA\u00e9\u{1f600}\u0001\u001b\\q",
    ])
    expect(words("$'\\xc3\\xa9\\xff'")).to.deep.equal(['\u00e9\udcff'])
    expect(words('a \\\n b \\\r\n c # d')).to.deep.equal(['a', 'b', 'c'])
    expect(words('a#b "x\\\ny"')).to.deep.equal(['a#b', 'xy'])
  })

  it('A6: ends commands at line ends, ";", "&" and "&&"', () => {
    expect(readBash('a 1; b 2 & c 3 && d 4\n\n# no\ne 5 ;\n')).to.deep.equal([
      ['a', '1'],
      ['b', '2'],
      ['c', '3'],
      ['d', '4'],
      ['e', '5'],
    ])
  })

  it('refuses by name what needs a shell', () => {
    for (const [text, name] of [
      ['a | b', 'the pipe |'],
      ['a || b', '||'],
      ['a > f', 'the redirection >'],
      ['a 2>&1', 'the redirection >'],
      ['a < f', 'the redirection <'],
      ['a &> f', '&>'],
      ['a $HOME', '$HOME'],
      ['a "${X}y"', '${X}'],
      ['a $(b)', '$('],
      ['a `b`', 'backquotes'],
      ['a "`b`"', 'backquotes'],
      ['(a)', 'the bracket ('],
      ["a 'b", 'is not closed'],
      ['a "b', 'is not closed'],
      ["a $'b", 'is not closed'],
    ] as const)
      expect(() => readBash(text), text).to.throw(UsageError, name)
    // These are no expansions.
    expect(readBash('a $ b$ "c$" \'d$e\' \\$f')).to.deep.equal([['a', '$', 'b$', 'c$', 'd$e', '$f']])
  })

  it('reads words as bash does', function () {
    requireProgram(this, 'bash')
    const piece = fc.constantFrom(
      "'",
      '"',
      '\\',
      ' ',
      'a',
      '#',
      '\n',
      ';',
      "$'",
      '\\x41',
      '\\n',
      'é',
      '=',
      '-',
      '%',
      '^',
      '~x',
      '[',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const text = pieces.join('')
        let mine
        try {
          mine = readBash(text)
        } catch (error) {
          if (error instanceof UsageError) return
          throw error
        }
        // One command, and nothing that bash would run.
        if (mine.length !== 1 || /[\n;]/.test(text)) return
        const said = execFileSync('bash', ['--norc', '-fc', `printf '%s\\0' ${text}`], { encoding: 'utf8' })
        expect(said.split('\0').slice(0, -1), JSON.stringify(text)).to.deep.equal(mine[0])
      }),
      { numRuns: 150 },
    )
  })
})

describe('commandsIn', () => {
  it('takes off prompts and paths, and refuses what is no curl', () => {
    expect(commandsIn('$ curl a')).to.deep.equal([['a']])
    expect(commandsIn('/usr/bin/curl a')).to.deep.equal([['a']])
    expect(() => commandsIn('wget a')).to.throw(UsageError, 'begins with curl; got wget')
    expect(() => commandsIn('curl http://h/?a=1&b=2')).to.throw(UsageError, 'stands in quotes')
    expect(() => commandsIn(' \n')).to.throw(UsageError, 'no command')
  })

  const HEADERS = ['accept: */*', 'x-q: say "hi" & 100% ^ <it>']
  const WORDS = (url: string, data: string): string[] => [
    url,
    '-H',
    HEADERS[0]!,
    '-H',
    HEADERS[1]!,
    '--data-raw',
    data,
  ]

  it('F6: reads the form of Chrome for cmd', () => {
    const text = [
      'curl ^"https://example.org/a?b=1^&c=^%^7B2^%^7D^" ^',
      '  -H ^"accept: */*^" ^',
      '  -H ^"x-q: say ^\\^"hi^\\^" ^& 100^% ^^ ^<it^>^" ^',
      '  --data-raw ^"^{^\\^"a^\\^":^\\^"x^',
      '',
      'y\\\\z^\\^"^}^"',
    ].join('\r\n')
    expect(commandsIn(text)).to.deep.equal([
      WORDS('https://example.org/a?b=1&c=%7B2%7D', '{"a":"x\ny\\\\z"}'),
    ])
  })

  it('F6: reads the form of Firefox for cmd, with "" for a quote', () => {
    const text = [
      'curl "https://example.org/a?b=1&c=2" --compressed -X POST -H "accept: */*"',
      ' -H "x-q: say ""hi"" & 100"%" ^ <it>" --data-raw "{""a"":""x"^',
      '',
      '"y\\z""}"',
    ]
      .join('\r\n')
      .replace('"accept: */*"\r\n', '"accept: */*"')
    expect(commandsIn(text)[0]!.slice(0, 7)).to.deep.equal([
      'https://example.org/a?b=1&c=2',
      '--compressed',
      '-X',
      'POST',
      '-H',
      'accept: */*',
      '-H',
    ])
    expect(commandsIn(text)[0]!.slice(7)).to.deep.equal([
      HEADERS[1],
      '--data-raw',
      '{"a":"x\r\ny\\z"}'.replace('\r', ''),
    ])
  })

  it('A6: reads all requests that Chrome copies at once for cmd', () => {
    const text = 'curl ^"http://a/^" ^\r\n  -H ^"cookie: a=1^" &\r\ncurl ^"http://b/^"'
    expect(commandsIn(text)).to.deep.equal([['http://a/', '-H', 'cookie: a=1'], ['http://b/']])
  })

  it('reads the form of Chrome for bash', () => {
    const text = [
      "curl 'https://example.org/a?b=\\[1\\]&c=\\{2\\}' \\",
      "  -H 'accept: */*' \\",
      "  -b 'a=1; b=2' \\",
      '  --data-raw $\'{"it\\\'s":"\\u00e9\\n\\u0021"}\' \\',
      '  --compressed ;',
      "curl 'https://example.com/'",
    ].join('\n')
    expect(commandsIn(text)).to.deep.equal([
      [
        'https://example.org/a?b=\\[1\\]&c=\\{2\\}',
        '-H',
        'accept: */*',
        '-b',
        'a=1; b=2',
        '--data-raw',
        '{"it\'s":"\u00e9\n!"}',
        '--compressed',
      ],
      ['https://example.com/'],
    ])
  })

  it('reads the form of Firefox for bash', () => {
    const text =
      "curl 'https://example.org/' --compressed -X POST -H 'User-Agent: Mozilla/5.0' -H 'Accept: */*' --data-raw $'a=it\\'s&b=\\r\\n'"
    expect(commandsIn(text)[0]!.slice(-2)).to.deep.equal(['--data-raw', "a=it's&b=\r\n"])
  })

  it('reads the form of Chrome for PowerShell', () => {
    const text = [
      '$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession',
      '$session.UserAgent = "Mozilla/5.0 (X; Y)"',
      '$session.Cookies.Add((New-Object System.Net.Cookie("a", "1`$", "/", "example.org")))',
      'Invoke-WebRequest -UseBasicParsing -Uri "https://example.org/a?b=`$1" `',
      '-Method "POST" `',
      '-WebSession $session `',
      '-Headers @{',
      '"authority"="example.org"',
      '  "method"="POST"',
      '  "path"="/a"',
      '  "scheme"="https"',
      '  "accept"="*/*"',
      '  "x-q"="say `"hi`" $([char]233)"',
      '} `',
      '-ContentType "application/json" `',
      '-Body "{`"a`":1}"',
    ].join('\r\n')
    expect(commandsIn(text)).to.deep.equal([
      [
        '-X',
        'POST',
        '-H',
        'accept: */*',
        '-H',
        'x-q: say "hi" \u00e9',
        '-H',
        'Content-Type: application/json',
        '--data-raw',
        '{"a":1}',
        '-A',
        'Mozilla/5.0 (X; Y)',
        '-b',
        'a=1$',
        '--url',
        'https://example.org/a?b=$1',
      ],
    ])
  })

  it('reads the form of Firefox for PowerShell, and bodies that are not ASCII', () => {
    const text = [
      '$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession',
      '$session.UserAgent = "Mozilla/5.0"',
      'Invoke-WebRequest -UseBasicParsing -Uri "https://example.org/" `',
      '-WebSession $session `',
      '-Method POST `',
      '-Headers @{',
      '"Accept" = "*/*"',
      '} `',
      '-Body ([System.Text.Encoding]::UTF8.GetBytes("x$([char]228)"))',
    ].join('\n')
    expect(commandsIn(text)).to.deep.equal([
      [
        '-X',
        'POST',
        '-H',
        'Accept: */*',
        '--data-raw',
        'x\u00e4',
        '-A',
        'Mozilla/5.0',
        '--url',
        'https://example.org/',
      ],
    ])
    expect(commandsIn('curl.exe "http://a/" `\n -H "x: `"y`""')).to.deep.equal([
      ['http://a/', '-H', 'x: "y"'],
    ])
    expect(() => commandsIn('Invoke-WebRequest -Uri "$env:URL"')).to.throw(UsageError, 'needs a shell')
    expect(() => commandsIn('Invoke-WebRequest -Uri "u" -OutFile x')).to.throw(UsageError, '-outfile')
  })

  it('throws nothing but UsageError, whatever the text', () => {
    const piece = fc.constantFrom(
      'curl ',
      '^"',
      '"',
      "'",
      '\\',
      '`',
      '$',
      '(',
      ')',
      '\n',
      '\r\n',
      '&',
      '@{',
      '}',
      '=',
      'a',
      '^',
      '-H',
      ' ',
      'Invoke-WebRequest ',
      '-Headers ',
      '$session',
      '.UserAgent',
      '-Uri ',
    )
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        try {
          commandsIn(pieces.join(''))
        } catch (error) {
          if (!(error instanceof UsageError)) throw error
        }
      }),
      { numRuns: 3000 },
    )
  })
})
