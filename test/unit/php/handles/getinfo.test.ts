import { expect } from 'chai'
import * as c from '../../../../src/php/values/constants.js'
import { infoArray, infoValue, type InfoReader, type RawInfo } from '../../../../src/php/handles/getinfo.js'

/** The infos of libcurl before anything happened: strings are NULL, lists empty, numbers 0. */
function reader(infos: Record<number, RawInfo> = {}): InfoReader {
  return (info) => {
    if (info in infos) return infos[info]
    const type = info & 0xf00000
    return type === 0x100000 ? null : type === 0x400000 ? [] : 0
  }
}

const KEYS =
  'url content_type http_code header_size request_size filetime ssl_verify_result redirect_count total_time ' +
  'namelookup_time connect_time pretransfer_time size_upload size_download speed_download speed_upload ' +
  'download_content_length upload_content_length starttransfer_time redirect_time redirect_url primary_ip certinfo ' +
  'primary_port local_ip local_port http_version protocol ssl_verifyresult scheme appconnect_time_us connect_time_us ' +
  'namelookup_time_us pretransfer_time_us redirect_time_us starttransfer_time_us total_time_us effective_method'

describe('curl_getinfo', () => {
  it("gives PHP's 38 keys in PHP's order", () => {
    const keys = Object.keys(infoArray(reader()))
    expect(keys.join(' ')).to.equal(KEYS)
    expect(keys).to.have.length(38)
  })

  it('puts the request header before the method, where there is one', () => {
    const info = infoArray(reader(), { requestHeader: 'GET / HTTP/1.1\r\n\r\n' })
    expect(Object.keys(info).slice(-2)).to.deep.equal(['request_header', 'effective_method'])
    expect(info.request_header).to.equal('GET / HTTP/1.1\r\n\r\n')
  })

  it('shows missing strings as empty, and a missing content type as null', () => {
    const info = infoArray(reader({ [c.CURLINFO_REDIRECT_URL]: '', [c.CURLINFO_SCHEME]: null }))
    expect([info.url, info.redirect_url, info.scheme, info.primary_ip]).to.deep.equal(['', '', '', ''])
    expect(info.content_type).to.equal(null)
    expect(info.certinfo).to.deep.equal([])
  })

  it('tells the two verify results apart', () => {
    const info = infoArray(
      reader({ [c.CURLINFO_SSL_VERIFYRESULT]: 20, [c.CURLINFO_PROXY_SSL_VERIFYRESULT]: 10 }),
    )
    expect([info.ssl_verify_result, info.ssl_verifyresult]).to.deep.equal([20, 10])
  })

  it('reads certificates as maps', () => {
    const read = reader({
      [c.CURLINFO_CERTINFO]: [
        'Subject:CN = a',
        'Issuer:CN = b',
        'Cert:---',
        'Subject:CN = b',
        'Start date:x:y',
      ],
    })
    const chain = [
      { Subject: 'CN = a', Issuer: 'CN = b', Cert: '---' },
      { Subject: 'CN = b', 'Start date': 'x:y' },
    ]
    expect(infoArray(read).certinfo).to.deep.equal(chain)
    expect(infoValue(read, c.CURLINFO_CERTINFO)).to.deep.equal(chain)
  })
})

describe('curl_getinfo with a constant', () => {
  it('is false for strings that libcurl does not have', () => {
    const nullable = [c.CURLINFO_CONTENT_TYPE, c.CURLINFO_REDIRECT_URL, c.CURLINFO_REFERER, c.CURLINFO_SCHEME]
    for (const info of nullable) {
      expect(infoValue(reader(), info)).to.equal(false)
      expect(infoValue(reader({ [info]: '' }), info)).to.equal(false)
      expect(infoValue(reader({ [info]: 'x' }), info)).to.equal('x')
    }
  })

  it('is always a string for those that libcurl always has', () => {
    const strings = [
      c.CURLINFO_EFFECTIVE_URL,
      c.CURLINFO_PRIMARY_IP,
      c.CURLINFO_LOCAL_IP,
      c.CURLINFO_EFFECTIVE_METHOD,
    ]
    for (const info of strings) expect(infoValue(reader(), info)).to.equal('')
  })

  it('keeps numbers and lists, 0 included', () => {
    const read = reader({ [c.CURLINFO_COOKIELIST]: ['a'], [c.CURLINFO_TOTAL_TIME]: 0.25 })
    expect(infoValue(read, c.CURLINFO_HTTP_CODE)).to.equal(0)
    expect(infoValue(read, c.CURLINFO_TOTAL_TIME)).to.equal(0.25)
    expect(infoValue(read, c.CURLINFO_COOKIELIST)).to.deep.equal(['a'])
    expect(infoValue(read, c.CURLINFO_SSL_ENGINES)).to.deep.equal([])
  })

  it("answers what is PHP's own from what was noted", () => {
    expect(infoValue(reader(), c.CURLINFO_HEADER_OUT)).to.equal(false)
    expect(infoValue(reader(), c.CURLINFO_HEADER_OUT, { requestHeader: 'GET' })).to.equal('GET')
    expect(infoValue(reader(), c.CURLINFO_PRIVATE)).to.equal(false)
    const mine = { some: 'object' }
    expect(infoValue(reader(), c.CURLINFO_PRIVATE, { privateData: mine })).to.equal(mine)
    expect(infoValue(reader(), c.CURLINFO_PRIVATE, { privateData: null })).to.equal(null)
  })
})
