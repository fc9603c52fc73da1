/** Forms that are laid out here: how often files are read, and what is refused. Starts no transfer. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { planTransfer } from '../../../../src/cli/curl/request/plan-transfer.js'
import { expandTargets } from '../../../../src/cli/curl/request/expand-targets.js'
import { parseInvocation } from '../../../../src/cli/curl/arguments/parse.js'
import { CurlError, type RequestBody } from '../../../../src/cli/curl/invocation.js'
import { UsageError } from '../../../../src/cli/errors/errors.js'
import { formOptions } from '../../../../src/cli/requests/form.js'
import { curlContext } from '../../../support/curl-context.js'

/** The body of the first transfer, and the files that were read for it. */
function bodyOf(...words: readonly string[]): { body: RequestBody; read: string[] } {
  const { context } = curlContext({ files: { plain: 'abc', high: 'h\u00e9' } })
  const read: string[] = []
  const counting = { ...context, readFile: (path: string) => (read.push(path), context.readFile(path)) }
  const { global, operations } = parseInvocation(['-q', ...words, 'h'], context)
  const [operation] = operations
  const [expanded] = expandTargets(operation!, global, counting)
  return { body: planTransfer(operation!, expanded!, global, counting).body, read }
}

const segmentsOf = (body: RequestBody): readonly object[] => (body.kind === 'form' ? body.segments : [])

describe('Forms of -F', () => {
  for (const [encoder, sent] of [
    ['7bit', 'abc'],
    ['7BIT', 'abc'],
    ['base64', 'YWJj'],
    ['quoted-printable', 'abc'],
  ] as const)
    it(`with encoder=${encoder} read a file once: the second reading of a pipe would be empty`, () => {
      const { body, read } = bodyOf('-F', `a=@plain;encoder=${encoder}`)
      expect(read).to.deep.equal(['plain'])
      expect(Buffer.concat(segmentsOf(body) as Uint8Array[]).toString()).to.include(`\r\n\r\n${sent}\r\n--`)
    })

  it('with encoder=8bit leave a file where it is', () => {
    const { body, read } = bodyOf('-F', 'a=@plain;encoder=8bit')
    expect(read).to.deep.equal([])
    expect(segmentsOf(body)[1]).to.deep.equal({ path: 'plain' })
  })

  it('with encoder=7bit refuse a byte above 127, of a value, of a file and in a group', () => {
    for (const words of [
      ['-F', 'a=\u00e9;encoder=7bit'],
      ['-F', 'a=@high;encoder=7bit'],
      ['-F', 'a=@plain,high;encoder=7bit'],
      ['-F', 'a=(', '-F', '=<high;encoder=7bit'],
    ]) {
      const said = 'curl: (26) read error getting mime data: encoder=7bit takes no byte above 127'
      const error = (...more: string[]): unknown => {
        try {
          return bodyOf(...words, ...more)
        } catch (thrown) {
          return thrown
        }
      }
      expect(error(), words[1])
        .to.be.instanceOf(CurlError)
        .with.deep.include({ exitCode: 26, lines: [said] })
      expect(error('-sS'), words[1]).to.deep.include({ exitCode: 26, lines: [said] })
      expect(error('-s'), words[1]).to.deep.include({ exitCode: 26, lines: [] })
    }
  })

  it('of the plain command refuse such a byte, too', () => {
    const folder = mkdtempSync(join(tmpdir(), 'forms-'))
    try {
      const path = join(folder, 'high')
      writeFileSync(path, 'h\u00e9')
      for (const text of ['a=\u00e9;encoder=7bit', `a=@${path};encoder=7bit`])
        expect(() => formOptions([{ text, isLiteral: false }], [])).to.throw(
          UsageError,
          /^-F: .*encoder=7bit takes/,
        )
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
