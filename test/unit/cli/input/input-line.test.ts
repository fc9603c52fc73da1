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

  it('F1: numbers stay as they are spelled', () => {
    const big = '1798765432109876543'
    const { id, layer } = parseLine(
      `{"url":"u","id":${big},"json":{"${big}":[${big},1.10,-0,1e400,2,"${big}, 1.10"]},"headers":{"A":${big}}}`,
    )
    expect(id).to.equal(big)
    expect(layer).to.deep.include.members([
      ['header', `A: ${big}`],
      ['data-raw', `{"${big}":[${big},1.10,-0,1e400,2,"${big}, 1.10"]}`],
    ])
    const layerOf = (rest: string): unknown => parseLine(`{"url":"u",${rest}}`).layer
    expect(layerOf(`"data":${big}`)).to.deep.equal([['data-raw', big]])
    expect(layerOf(`"data":{"a":${big}}`)).to.deep.equal([['data-raw', `a=${big}`]])
    expect(layerOf(`"form":{"a":1.50}`)).to.deep.equal([['form-string', 'a=1.50']])
    expect(layerOf('"maxTime":1e1')).to.deep.equal([['max-time', '10']])
    expect(layerOf(`"RESUME_FROM_LARGE":${big}`)).to.deep.equal([['opt', `RESUME_FROM_LARGE=${big}`]])
    expect(() => parseLine(`{"url":"u","headers":${big}1}`)).to.throw(UsageError)
  })
})
