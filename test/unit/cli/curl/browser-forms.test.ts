/** Commands as browsers copy them, whatever is in them: signs of one shell inside the quotes of another. */
import { expect } from 'chai'
import fc from 'fast-check'
import { commandsIn } from '../../../../src/cli/curl/shell/pasted-commands.js'

const SIGNS = [
  '"',
  "'",
  '\\',
  '^',
  '`',
  '$',
  '%',
  '!',
  '&',
  '|',
  '<',
  '>',
  '\n',
  '#',
  ';',
  '(',
  ')',
  '{',
  ',',
]
const PIECES = [
  ...SIGNS,
  ' ',
  'a',
  '1',
  'é',
  '😀',
  '\u0001',
  '^"',
  '`\n',
  '\\\n',
  '^\n',
  '$(x)',
  '%PATH%',
  '""',
]
const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 8 }).map((pieces) => pieces.join(''))
const line = text.map((value) => value.replaceAll('\n', ''))
const code = (character: string, digits: number): string =>
  character.charCodeAt(0).toString(16).padStart(digits, '0')

/** Single quotes, or $'' where there is more than that can hold. */
function forBash(value: string): string {
  if (!/[\u0000-\u001f!']/.test(value)) return `'${value}'`
  const escaped = value.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n')
  return `$'${escaped.replace(/[\u0000-\u001f!]/g, (character) => `\\u${code(character, 4)}`)}'`
}

/** A caret before what cmd takes for its own, also before the quotes. */
function forCmd(value: string): string {
  const carets = value.replaceAll('"', '\\"').replace(/[^\w\s\-:=+~'/.,?;()*`]/g, '^$&')
  return `^"${carets.replace(/%(?=\w)/g, '%^').replaceAll('\n', '^\n\n')}^"`
}

function forPowerShell(value: string): string {
  const escaped = value.replace(/[`$"]/g, '`$&')
  return `"${escaped.replace(/[^ -~]/g, (unit) => `$([char]${String(unit.charCodeAt(0))})`)}"`
}

describe('Commands as browsers copy them', () => {
  for (const [shell, quoted, end] of [
    ['bash', forBash, ' \\\n  '],
    ['bash, in one line', forBash, ' '],
    ['cmd', forCmd, ' ^\n  '],
  ] as const) {
    it(`for ${shell} keep their words, whatever is in them`, () => {
      fc.assert(
        fc.property(fc.array(line, { maxLength: 3 }), text, (headers, data) => {
          // Programs on Windows read backslashes before quotes in a way of their own.
          const clean = (value: string): string => (shell === 'cmd' ? value.replaceAll('\\', '') : value)
          const words = [
            'https://example.org/a?b=1&c=%7B',
            ...headers.flatMap((value) => ['-H', `x-a: ${clean(value)}`]),
            '--data-raw',
            clean(data),
          ]
          const command = words.map((word) =>
            /^-(H|-data-raw)$/.test(word) ? end + word : ` ${quoted(word)}`,
          )
          expect(commandsIn(`curl${command.join('')}\n`)).to.deep.equal([words])
        }),
      )
    })
  }

  it('for PowerShell keep headers and body, whatever is in them', () => {
    fc.assert(
      fc.property(line, text, (header, data) => {
        const command = [
          'Invoke-WebRequest -UseBasicParsing -Uri "https://example.org/a" `',
          '-Method "POST" `',
          `-Headers @{\n"x-a"=${forPowerShell(`v${header}`)}\n} \``,
          '-ContentType "text/plain" `',
          `-Body ([System.Text.Encoding]::UTF8.GetBytes(${forPowerShell(data)}))`,
        ].join('\n')
        expect(commandsIn(command)[0]).to.include.members([`x-a: v${header}`, data])
      }),
    )
  })

  it('for PowerShell may have single quotes, and signs of bash in them', () => {
    const words = ['http://h/a', '-H', "A: it's", '-d', '{"a":"\\\n"}']
    for (const end of ['\n', '\r\n']) {
      const one = `curl.exe 'http://h/a' \`${end} -H 'A: it''s' \`${end} -d '{"a":"\\\n"}'`
      expect(commandsIn(one)).to.deep.equal([words])
      expect(commandsIn(`curl.exe 'http://h/'${end}${one}`)).to.deep.equal([['http://h/'], words])
      expect(commandsIn(`# it's one${end}${one}`)).to.deep.equal([words])
    }
  })

  it('for bash may have line ends of other shells in quotes, after any kind of quote', () => {
    for (const inner of ['a `\nb', 'a ^\nb', 'a^'])
      for (const first of ["'http://h/'", '"http://h/"', "$'http://h/'", "'http://h/'\\'"])
        for (const quoted of [`'${inner}'`, `"${inner.replaceAll('`', '\\`')}"`, `$'\\'${inner}'`]) {
          const url = `http://h/${first.includes("\\'") ? "'" : ''}`
          const data = `${quoted.startsWith('$') ? "'" : ''}${inner}`
          for (const end of [' ', ' \\\n'])
            expect(commandsIn(`curl ${first}${end}-d ${quoted}`), quoted).to.deep.equal([[url, '-d', data]])
        }
  })

  it('without any quotes are read by the name of the program', () => {
    expect(commandsIn('curl.exe http://h/?a=1^&b=2')).to.deep.equal([['http://h/?a=1&b=2']])
  })
})
