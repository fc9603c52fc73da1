/** The declarations of the options. Does not know what each of them does. */
import { expect } from 'chai'
import { FLAGS } from '../../../../src/cli/arguments/flags.js'
import { draftRequest } from '../../../../src/cli/requests/request-draft.js'

describe('the options of the command', () => {
  it('are accepted where requests are made, if they belong to requests', () => {
    for (const { long, value, ofRequest } of FLAGS) {
      if (!ofRequest) continue
      const sample =
        { opt: 'PORT=1', form: 'a=b', 'form-string': 'a=b', cert: 'file', proto: '=http' }[long] ?? '1'
      expect(() => draftRequest([[long, value === undefined ? null : sample]]), long).to.not.throw()
    }
  })

  it('have an effect each, apart from those that the parser and the command handle', () => {
    const without = FLAGS.filter(({ onRequest, onRun }) => onRequest === undefined && onRun === undefined)
    expect(without.map(({ long }) => long)).to.deep.equal(['url', 'config', 'completion', 'help', 'version'])
    expect(FLAGS.filter(({ ofRequest, onRequest }) => ofRequest !== (onRequest !== undefined))).to.deep.equal(
      [],
    )
    expect(new Set(FLAGS.map(({ long }) => long)).size).to.equal(FLAGS.length)
  })

  it('name options that exist in goesWith', () => {
    const names = new Set(FLAGS.map(({ long }) => long))
    const missing = FLAGS.filter(({ goesWith }) => goesWith !== undefined && !names.has(goesWith))
    expect(missing).to.deep.equal([])
  })
})
