/**
 * Every spelling of options and infos, and what is said of those that do not exist here.
 */
import { expect } from 'chai'
import { SETTING_NAMES } from '../../../../src/options/settings.js'
import { catalogOf, optionError, refusal } from '../builds.js'

const four = catalogOf(4)
const five = catalogOf(5)

describe('the option catalog', () => {
  it('finds an option by name, full name, number and number as a string', () => {
    const entry = four.option('USERAGENT', 'test')
    expect(entry).to.include({ name: 'USERAGENT', id: 10018, kind: 'string' })
    for (const key of ['CURLOPT_USERAGENT', 10018, '10018']) expect(four.option(key, 'test')).to.equal(entry)
  })

  it('takes old names for the new ones', () => {
    expect(four.option('ENCODING', 'test')).to.equal(four.option('ACCEPT_ENCODING', 'test'))
    expect(four.option('SSLKEYPASSWD', 'test').name).to.equal('KEYPASSWD')
    expect(four.option('CURLOPT_FTPLISTONLY', 'test').name).to.equal('DIRLISTONLY')
    expect(four.option('FTP_SSL', 'test').name).to.equal('USE_SSL')
    expect(four.option('RTSPHEADER', 'test').name).to.equal('HTTPHEADER')
    expect(four.option('FTP_RESPONSE_TIMEOUT', 'test').name).to.equal('SERVER_RESPONSE_TIMEOUT')
  })

  it('has one name for all spellings of an option, and leaves what is none', () => {
    for (const catalog of [four, five]) {
      const spellings = ['ENCODING', 'CURLOPT_ENCODING', 'ACCEPT_ENCODING', 10102, '10102']
      for (const key of spellings) expect(catalog.nameOf(key), String(key)).to.equal('ACCEPT_ENCODING')
      expect(catalog.nameOf('CURLOPT_RTSPHEADER')).to.equal('HTTPHEADER')
      for (const key of ['output', 'constructor', 'NOTHING', 1])
        expect(catalog.nameOf(key)).to.equal(String(key))
    }
  })

  it('takes the new name of an option that an older node-libcurl has under the old one', () => {
    expect(four.option('MAIL_RCPT_ALLOWFAILS', 'test').id).to.equal(290)
    expect(five.option('MAIL_RCPT_ALLLOWFAILS', 'test').id).to.equal(290)
  })

  it("knows PHP's own, by name and number", () => {
    expect(four.option('RETURNTRANSFER', 'test')).to.include({ id: 19913, handling: 'returnTransfer' })
    expect(four.option('19914', 'test').name).to.equal('BINARYTRANSFER')
    expect(four.option(-1, 'test').name).to.equal('SAFE_UPLOAD')
  })

  for (const [given, meant] of [
    ['useragent', 'USERAGENT'],
    ['userAgent', 'USERAGENT'],
    ['USER_AGENT', 'USERAGENT'],
    ['user-agent', 'USERAGENT'],
    ['USERAGNET', 'USERAGENT'],
    ['CURLOPT_USERAGNET', 'CURLOPT_USERAGENT'],
    ['curlopt_useragent', 'USERAGENT'],
    ['timeoutMs', 'TIMEOUT_MS'],
    ['FOLLOW_LOCATION', 'FOLLOWLOCATION'],
    ['FOLOWLOCATION', 'FOLLOWLOCATION'],
    ['HTTPHEADERS', 'HTTPHEADER'],
    ['headers', 'HTTPHEADER'],
    ['verifyPeer', 'SSL_VERIFYPEER'],
    ['rejectUnauthorized', 'SSL_VERIFYPEER'],
    ['userAgentString', 'USERAGENT'],
    ['proxyUserPwd', 'PROXYUSERPWD'],
    ['captureheaders', 'captureHeaders'],
    ['CAPTURE_HEADERS', 'captureHeaders'],
    ['CURLOPT_captureHeaders', 'captureHeaders'],
    ['method', 'CUSTOMREQUEST'],
  ] as const) {
    it(`suggests ${meant} for ${given}`, () => {
      const error = optionError(() => four.option(given, 'startRequest', SETTING_NAMES))
      expect(error.message).to.equal(`startRequest: unknown option "${given}". Did you mean ${meant}?`)
      expect(error.option).to.equal(given)
    })
  }

  it('suggests nothing where nothing is near', () => {
    expect(refusal({ xyzzyQuux: 1 })).to.equal('startRequest: unknown option "xyzzyQuux"')
    expect(refusal({ '': 1 })).to.equal('startRequest: unknown option ""')
    expect(refusal({ 10999: 1 })).to.equal('startRequest: 10999 is not the number of an option')
    expect(refusal({ ['X'.repeat(100_000)]: 1 })).to.have.length.below(120)
  })

  it('does not take names of Object.prototype for options', () => {
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      expect(optionError(() => four.option(name, 'test')).message).to.contain('unknown option')
      expect(optionError(() => four.infoNumber(name)).message).to.contain('unknown info')
      expect(optionError(() => four.multiOption(name, 'test')).message).to.contain('unknown option')
    }
  })

  it('says what an option needs that this build has not', () => {
    expect(refusal({ CA_CACHE_TIMEOUT: 1 })).to.equal(
      'startRequest: CA_CACHE_TIMEOUT needs node-libcurl 5 with libcurl 7.87.0 or newer; this is node-libcurl 4 with libcurl 7.88.1',
    )
    expect(five.option('CA_CACHE_TIMEOUT', 'test').id).to.equal(321)
  })

  for (const [name, advice] of [
    ['PRIVATE', 'userData'],
    ['ERRORBUFFER', 'transfer.error'],
    ['WRITEDATA', 'WRITEFUNCTION'],
    ['FILE', 'WRITEFUNCTION'],
    ['CURLOPT_FILE', 'WRITEFUNCTION'],
    ['10001', 'WRITEFUNCTION'],
    ['INFILE', 'READFUNCTION'],
    ['WRITEHEADER', 'HEADERFUNCTION'],
    ['10029', 'HEADERFUNCTION'],
    ['STDERR', 'DEBUGFUNCTION'],
    ['COPYPOSTFIELDS', 'POSTFIELDS'],
    ['MIMEPOST', 'POSTFIELDS'],
    ['XFERINFODATA', 'closure'],
    ['CURLINFO_HEADER_OUT', 'DEBUGFUNCTION'],
    ['2', 'DEBUGFUNCTION'],
    ['OPENSOCKETFUNCTION', 'sockets'],
    ['ALTSVC', 'node-libcurl cannot set it'],
  ] as const) {
    it(`says what to use instead of ${name}`, () => {
      expect(refusal({ [name]: 1 }))
        .to.contain('is not possible')
        .and.contain(advice)
    })
  }

  it('finds options of the multi handle by name, full name and number', () => {
    for (const key of ['PIPELINING', 'CURLMOPT_PIPELINING', '3']) {
      expect(four.multiOption(key, 'test')).to.deep.equal({ name: 'PIPELINING', kind: 'integer' })
    }
    expect(optionError(() => four.multiOption('MAX_HOST_CONECTIONS', 'test')).message).to.contain(
      'Did you mean MAX_HOST_CONNECTIONS?',
    )
    expect(optionError(() => four.multiOption('PUSHFUNCTION', 'test')).message).to.contain('server push')
    expect(optionError(() => four.multiOption('NETWORK_CHANGED', 'test')).message).to.contain(
      'needs node-libcurl 5',
    )
    expect(five.multiOption('NETWORK_CHANGED', 'test').kind).to.equal('integer')
  })
})

describe('the info catalog', () => {
  it('finds an info by name, full name, number and number as a string', () => {
    for (const key of ['TOTAL_TIME', 'CURLINFO_TOTAL_TIME', 3145731, '3145731']) {
      expect(four.infoNumber(key)).to.equal(3145731)
    }
    expect(four.infoNumber('CURLINFO_HTTP_CODE')).to.equal(four.infoNumber('RESPONSE_CODE'))
  })

  it('says what was meant, what is missing and what is impossible', () => {
    expect(optionError(() => four.infoNumber('totalTime')).message).to.equal(
      'unknown info "totalTime". Did you mean TOTAL_TIME?',
    )
    expect(optionError(() => four.infoNumber(99)).message).to.equal('unknown info "99"')
    expect(optionError(() => four.infoNumber('CONN_ID')).message).to.equal(
      'the info CONN_ID needs node-libcurl 5 with libcurl 8.2.0 or newer; this is node-libcurl 4 with libcurl 7.88.1',
    )
    expect(optionError(() => four.infoNumber('PRIVATE')).message).to.contain('node-libcurl cannot read')
    expect(optionError(() => four.infoNumber('CURLINFO_HEADER_OUT')).message).to.contain('DEBUGFUNCTION')
  })

  it('lists what can be read', () => {
    expect(four.infoNames).to.include('RETRY_AFTER').and.not.include.members(['CONN_ID', 'PRIVATE'])
    expect(five.infoNames).to.include('CONN_ID')
  })
})
