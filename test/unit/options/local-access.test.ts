/**
 * B3, B9. Options that reach local files, sockets or protocols of the machine that runs a request, in every
 * spelling.
 */
import { expect } from 'chai'
import { localAccess } from '../../../src/options/local-access.js'
import { EASY_OPTIONS } from '../../../src/options/catalog/option-table.js'
import { parseTable } from '../../../src/options/catalog/table-rows.js'
import { catalogOf } from './builds.js'

/** A value of each that reaches something. */
const REACHING: Readonly<Record<string, unknown>> = {
  ...Object.fromEntries(
    `CAINFO CAPATH COOKIEFILE COOKIEJAR CRLFILE EGDSOCKET HSTS ISSUERCERT NETRC_FILE PINNEDPUBLICKEY PROXY_CAINFO PROXY_CAPATH
     PROXY_CRLFILE PROXY_ISSUERCERT PROXY_PINNEDPUBLICKEY PROXY_SSLCERT PROXY_SSLKEY RANDOM_FILE SSH_KNOWNHOSTS
     SSH_PRIVATE_KEYFILE SSH_PUBLIC_KEYFILE SSLCERT SSLENGINE SSLKEY UNIX_SOCKET_PATH`
      .split(/\s+/)
      .map((name) => [name, '/tmp/x']),
  ),
  PRE_PROXY: 'socks5h://localhost/run/x',
  PROXY: 'socks5h://localhost/run/x',
  PROTOCOLS_STR: 'http,file',
  REDIR_PROTOCOLS_STR: 'all',
  PROTOCOLS: 1 | 1024,
  REDIR_PROTOCOLS: -1,
  GSSAPI_DELEGATION: 1,
  NETRC: 2,
  NOPROGRESS: 0,
  READDATA: 0,
  RETURNTRANSFER: 0,
  SSLENGINE_DEFAULT: 1,
  VERBOSE: 1,
  HTTPPOST: [{ name: 'a', file: '/tmp/x' }],
}

/**
 * Those with text or files as values that reach nothing local. A new option of libcurl's belongs to one of
 * the two lists.
 */
const HARMLESS = new Set(
  `ACCEPT_ENCODING AWS_SIGV4 COOKIE COOKIELIST CUSTOMREQUEST DEFAULT_PROTOCOL DNS_INTERFACE DNS_LOCAL_IP4 DNS_LOCAL_IP6
   DNS_SERVERS DOH_URL ECH ENCODING FTPPORT FTP_ACCOUNT FTP_ALTERNATIVE_TO_USER HAPROXY_CLIENT_IP INTERFACE KEYPASSWD KRBLEVEL
   LOGIN_OPTIONS MAIL_AUTH MAIL_FROM NOPROXY PASSWORD POSTFIELDS PROXYPASSWORD PROXYUSERNAME PROXYUSERPWD PROXY_KEYPASSWD
   PROXY_SERVICE_NAME PROXY_SSLCERTTYPE PROXY_SSLKEYTYPE PROXY_SSL_CIPHER_LIST PROXY_TLS13_CIPHERS PROXY_TLSAUTH_PASSWORD
   PROXY_TLSAUTH_TYPE PROXY_TLSAUTH_USERNAME RANGE REFERER REQUEST_TARGET RTSP_SESSION_ID RTSP_STREAM_URI RTSP_TRANSPORT
   SASL_AUTHZID SERVICE_NAME SOCKS5_GSSAPI_SERVICE SSH_HOST_PUBLIC_KEY_MD5 SSLCERTTYPE SSLKEYTYPE SSL_CIPHER_LIST
   SSL_EC_CURVES SSL_SIGNATURE_ALGORITHMS TLS13_CIPHERS TLSAUTH_PASSWORD TLSAUTH_TYPE TLSAUTH_USERNAME URL USERAGENT USERNAME
   USERPWD XOAUTH2_BEARER`.split(/\s+/),
)

describe('B3, B9: what options reach on the machine that runs them', () => {
  const catalogs = [catalogOf(4), catalogOf(5)]

  for (const [name, value] of Object.entries(REACHING)) {
    it(`${name}, in every spelling`, () => {
      for (const catalog of catalogs) {
        if (!catalog.optionNames.includes(name)) continue
        const { id } = catalog.option(name, 'test')
        for (const key of [name, `CURLOPT_${name}`, String(id), `0${String(id)}`]) {
          expect(catalog.option(key, 'test').id, key).to.equal(id)
          expect(localAccess({ [key]: value }), key).to.include({ option: name })
        }
        expect(localAccess(new Map([[id, value]]))).to.include({ option: name })
      }
    })
  }

  it('cover every option that takes text', () => {
    const judged = new Set([...Object.keys(REACHING), ...HARMLESS])
    const open = parseTable(EASY_OPTIONS.string, 'string').filter(({ name }) => !judged.has(name))
    expect(open.map(({ name }) => name)).to.deep.equal([])
  })

  it('exclude values that take an option back, or stay on the network', () => {
    for (const options of [
      ...Object.keys(REACHING)
        .filter((name) => REACHING[name] === '/tmp/x')
        .flatMap((name) => [{ [name]: null }, { [name]: '' }, { [name]: undefined }]),
      { NETRC: 0, VERBOSE: false, NOPROGRESS: true, RETURNTRANSFER: 1 },
      { PROTOCOLS_STR: 'https,ftp', REDIR_PROTOCOLS: 3, PINNEDPUBLICKEY: 'sha256//AAAA;sha256//BBBB' },
      { PROXY: 'http://u:p@127.0.0.1:8080/', PRE_PROXY: 'socks5h://localhost:9050' },
      { HTTPPOST: [{ name: 'a', contents: '/etc/hostname' }], POSTFIELDS: '@/etc/hostname' },
      { upload: Buffer.from('x'), proxies: ['socks5h://localhost:9050', null], USERAGENT: '/tmp/x' },
      { nosuch: '/tmp/x', toString: '/tmp/x', constructor: 1, 424242: '/tmp/x' },
    ]) {
      expect(localAccess(options), JSON.stringify(options)).to.equal(undefined)
    }
  })

  it('include a name that does not mean "nothing": it is a file', () => {
    for (const value of ['0', 0, 'null', false, '-', ['a'], ['', 'b']])
      expect(localAccess({ COOKIEFILE: value })).to.deep.equal({
        option: 'COOKIEFILE',
        what: 'reads a local file',
      })
    for (const value of [false, '0', '00', 0n, -0])
      expect(localAccess({ RETURNTRANSFER: value })?.option, String(value)).to.equal('RETURNTRANSFER')
  })

  it('include a unix socket as a proxy, whatever its spelling', () => {
    for (const url of [
      'socks5h://localhost/run/x',
      'SOCKS4:/LocalHost/run/x',
      'localhost/run/x',
      'socks5://u:p@localhost/run/x',
      'socks5://%6cocalhost/run/x',
    ]) {
      expect(localAccess({ PROXY: url })?.what, url).to.equal('connects to a local socket')
      expect(localAccess({ proxies: [null, { url }] })?.option, url).to.equal('proxies')
    }
  })

  it('include output, an upload by name, and the options of proxies', () => {
    expect(localAccess({ output: 'x' })?.option).to.equal('output')
    expect(localAccess({ output: true })?.option).to.equal('output')
    expect(localAccess({ outputDir: 'x' })?.option).to.equal('outputDir')
    expect(localAccess({ upload: '/etc/hostname' })?.what).to.equal('reads a local file')
    const entry = { url: 'http://127.0.0.1:1', options: { CURLOPT_PROXY_CAINFO: '/tmp/x' } }
    expect(localAccess({ proxies: [entry] })).to.deep.equal({ option: 'proxies', what: 'reads a local file' })
  })
})
