/** Curl commands as requests, and requests as curl commands. */
import { expect } from 'chai'
import { toCurl } from '../../../../src/cli/requests/curl-command.js'
import { fromCurl } from '../../../../src/cli/requests/pasted-curl.js'
import { UsageError } from '../../../../src/cli/errors/errors.js'

describe('curl commands', () => {
  it('become requests, and requests become curl commands', () => {
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
    // A blank before the colon does not make it another header: the line of the request wins.
    const layer = [['header', 'x: 2'] as const]
    for (const shared of ['X : 1', 'X\t;', ' X: 1'])
      expect(toCurl({ url: 'u', layer }, [['header', shared]], undefined), shared).to.equal(
        `curl -H 'x: 2' u`,
      )
    for (const command of ['wget x', 'curl', "curl 'x", 'curl --no-such x'])
      expect(() => fromCurl(command, rules), command).to.throw(UsageError)
  })
})
