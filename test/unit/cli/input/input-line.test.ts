/** Lines of JSON as requests. */
import { expect } from 'chai'
import { parseLine } from '../../../../src/cli/input/input-line.js'
import { UsageError } from '../../../../src/cli/errors/errors.js'

describe('parseLine()', () => {
  it('turns a line of JSON into options, and never into a file', () => {
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
})
