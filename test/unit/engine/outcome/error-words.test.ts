/** E10. Only errors among libcurl's log lines are reasons of a failure. */
import { expect } from 'chai'
import { ErrorLines, kindOfLine } from '../../../../src/engine/outcome/error-words.js'

describe('a line that libcurl says', () => {
  for (const line of [
    "Failed to connect to 127.0.0.1 port 1 after 0 ms: Couldn't connect to server",
    'Failed to connect to 127.0.0.1:1 over proxy 127.0.0.2 after 0 ms: Could not connect to server',
    'CONNECT tunnel failed, response 403',
    'The requested URL returned error: 403',
    "Can't complete SOCKS5 connection to 127.0.0.1. (5)",
    'cannot complete SOCKS5 connection to 127.0.0.1. (5)',
    'Protocol "file" not supported or disabled in libcurl',
    'Protocol "file" is disabled (in redirect)',
    'Could not resolve host: no-such.invalid',
    'Could not resolve: no-such.invalid:80',
    'The redirect target URL could not be parsed: Bad hostname',
    'Multi-member gzip response not supported',
    'Multiple Location headers',
    'Invalid Content-Length: value',
    'Header without colon',
    'Nul byte in header',
    'Carriage return found in header',
    'Too large response headers: 310255 > 307200',
    'Too many response headers, 5000 is max',
    'SSL certificate problem: unable to get local issuer certificate',
    'SSL certificate OpenSSL verify result: unable to get local issuer certificate (20)',
    "SSL: no alternative certificate subject name matches target hostname 'both.test'",
    'OpenSSL SSL_read: OpenSSL/3.5.8: error:0A00045C:SSL routines::tlsv13 alert certificate required, errno 0',
    'OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to both.test:39103',
    'TLS connect error: error:0A000126:SSL routines::unexpected eof while reading',
    "unable to set private key file: '/b.key' type PEM",
    'HTTP/2 stream 1 was not closed cleanly: INTERNAL_ERROR (err 2)',
    'HTTP/2 stream 1 reset by server (error 0x2 INTERNAL_ERROR)',
    'Operation timed out after 104 milliseconds with 0 bytes received',
    'Empty reply from server',
    'Recv failure: Connection reset by peer',
    'select/poll returned error',
    'transfer closed with 1 bytes remaining to read',
    'Maximum (2) redirects followed',
    "Unsupported proxy syntax in 'x'",
    'Connection died, tried 5 times before giving up',
    'Received HTTP/0.9 when not allowed',
    'Exceeded the maximum allowed file size (10)',
    'RETR response: 550',
    'Got a 421 ftp-server response when 220 was expected',
    'ACCT requested but none available',
    'control connection looks dead',
    'path contains control characters',
    'A Transfer-Encoding (gzip) was listed after chunked',
    'server sent 101 response while not talking HTTP/1.1',
    'Not resolving .onion address (RFC 7686)',
    'HTTP/3 proxy not possible via SOCKS',
    'Undocumented SOCKS5 mode attempted to be used by server.',
    'SOCKS5 GSS-API protection not yet implemented.',
  ])
    it(`is an error: ${line}`, () => {
      expect(kindOfLine(line)).to.equal('error')
    })

  for (const line of [
    '127.0.0.1 connect timeout after 100ms, move on!',
    'NTLM send, close instead of sending unknown amount of more bytes',
    'Using Stream ID: 33 (easy handle 0x43059da0)',
    '  Trying 127.0.0.1:1...',
    'connect to 127.0.0.1 port 1 failed: Connection refused',
    'connect to ::1 port 1 from ::1 port 38062 failed: Connection refused',
    'Request completely sent off',
    'using HTTP/1.x',
    'Connection #0 to host 127.0.0.1:42457 left intact',
    'closing connection #0',
    'Closing connection 0',
    'shutting down connection #0',
    'Ignoring the response-body',
    'TLSv1.3 (IN), TLS alert, close notify (256):',
    'TLSv1.3 (OUT), TLS alert, unknown CA (560):',
    'TLSv1.3 (IN), TLS handshake, Newsession Ticket (4):',
    'old SSL session ID is stale, removing',
    'received GOAWAY, error=0, last_stream=1',
    'recveived GOAWAY, error=0, last_stream=1',
    ' subjectAltName does not match hostname both.test',
    'no chunk, no close, no size. Assume close to signal end',
    'Mark bundle as not supporting multiuse',
    'SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384',
    'ALPN: server did not agree on a protocol. Uses default.',
    'CONNECT: no ALPN negotiated',
    'Failed reading the chunked-encoded stream',
    '[HTTP/2] [1] [x-error: failed]',
    'Skipped cookie failed="error"',
    'Ignoring Content-Length in CONNECT 403 response',
  ])
    it(`is no error: ${line}`, () => {
      expect(kindOfLine(line)).to.equal('note')
    })

  for (const line of [
    'Connected to 127.0.0.1 (127.0.0.1) port 46123 (#0)',
    'Established connection to 127.0.0.1 (127.0.0.1 port 42457) from 127.0.0.1 port 58796',
    "Issue another request to this URL: 'http://127.0.0.1:1/failed'",
    'Connection died, retrying a fresh connect (retry count: 1)',
  ])
    it(`ends the error that was reported before: ${line}`, () => {
      expect(kindOfLine(line)).to.equal('start')
    })
})

describe('the lines of one transfer', () => {
  const error = 'Could not resolve host: no-such.invalid'

  it('have the last error, also among many, and none of an earlier connection or transfer', () => {
    const lines = new ErrorLines()
    expect(lines.last).to.equal('')
    lines.add(error)
    for (let i = 0; i < 250; i++) lines.add('Trying 127.0.0.1:80...')
    expect(lines.last).to.equal(error)
    lines.add('Empty reply from server')
    expect(lines.last).to.equal('Empty reply from server')
    lines.add('Connected to 127.0.0.1 (127.0.0.1) port 80')
    expect(lines.last).to.equal('')
    lines.add(error)
    lines.clear()
    expect(lines.last).to.equal('')
  })
})
