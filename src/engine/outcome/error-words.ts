/**
 * Finds the errors among libcurl's verbose lines. Nothing marks them: notes and errors look the same
 * (`infof()` and `failf()` in libcurl, both `CURLINFO_TEXT`). Does not know transfers.
 *
 * Checked against the 1,100 formats of errors and notes in the sources of 7.88.1 and 8.22.0 (HTTP, FTP,
 * proxies). Only one note is taken for an error, and 8.22 uses the same text as an error elsewhere. Errors
 * about internal states are not found.
 */

/** Words that occur in errors only, apart from {@link NOTES}. */
const WORDS = new RegExp(
  [
    'fail(?:ed|ure|s)?\\b',
    '\\berror\\b',
    'time(?:d)?[ -]?out',
    "\\b(?:could|ca|did|does|would|was|is)(?:n[o']t| not|nnot)\\b",
    '\\b(?:could|sent) only\\b',
    '\\b(?:longer than|interrupted|beyond|not finished|rejected)\\b',
    '\\bunable\\b',
    '\\brefus',
    '\\bden(?:ied|y)',
    '\\breject',
    '\\babort',
    '\\bnot? (?:a|supported|allowed|acceptable|valid|found|enabled|disabled|closed|close cleanly|associated|ongoing|report|set|implemented|verif|alternative|more|data|chunk|authentication|match)',
    '\\bdisabled\\b',
    '\\bunsupported\\b',
    '\\bun(?:known|expected|recognized|solicited|specified|aligned)\\b',
    '\\bin(?:valid|compatible|complete)\\b',
    '\\b(?:illegal|bad|weirdly?|malformed|wrong|corrupt|mismatch)\\b',
    '\\bexce(?:ed|ssive)',
    '\\btoo (?:large|long|many|big|small|slow|short|old)',
    '\\b(?:multiple|multi-member|without|missing|empty|expired|self.signed|revoked|nul byte|carriage return|control (?:code|byte|char)|remaining to read|outstanding read|giving up|died|maximum|returned|requires?|required|tried|shortage|denied|shuts down|alert [a-z]+ |HTTP\\/0\\.9|certificate problem|verify result|SSL_ERROR_[A-Z]+)\\b',
    '\\bclosed\\b',
    '\\bpartial\\b',
    '\\bresponse: \\d|ftp-server response when|looks dead|contains control|requested but none|listed after chunked|while not talking',
    '\\bnot (?:resolving|possible|yet implemented)\\b|\\bundocumented\\b',
  ].join('|'),
  'i',
)

/**
 * Notes that contain such words, too: about progress, or about something that was skipped or tried in another
 * way.
 */
const NOTES = new RegExp(
  [
    '^ ',
    'connect timeout after \\d+ ?ms, move on|close instead of sending|^getsockname\\(\\) failed with errno',
    '^(?:Clos(?:ing|e)|shutting down|Connection (?:#|\\d+ seems|still in use|closed while)|Closing|closing|Trying|Connect(?:ed|ing|)\\b(?! (?:tunnel failed|response too))',
    'Establish|Opened|Re-?us|Found|Issue another|Switch|Ignor|Added|Replaced|Skipped|skipped|Restricted|cookie|oversized|invalid (?:octets|cookie)',
    'libpsl|NO PSL|PSL|WARNING|warning|Note|Curl_|HTTP/1\\.[01] |HTTP error|HTTP/2 stream \\d+ refused by server, try|REFUSED_STREAM|Got(?! a \\d+ ftp-server)|We |Keep sending|TLSv|SSL connection using',
    'SSL certificate verif(?:y|ication) (?:ok|OK)|SSL certificate verify result: .*continuing|ALPN: (?:offers|curl offers|server (?:accepted|did not agree))|old SSL|Server (?:certificate|auth|didn|does|upgrade|accepted|rejected)|schannel:',
    'Using|using|Request completely|upload completely|upload |Mark bundle|multi|state\\.|connect to \\S+ port|Immediate connect|Local|Failed (?:EPSV attempt\\. |initialization|to (?:enable|set [A-Z]|figure))',
    'Could not (?:set [A-Z]|find host)|Couldn.t (?:find host|parse CURLOPT_RESOLVE removal)|Authentication|(?:Basic|Bearer|Digest|NTLM|Negotiate)[ :]|GSSAPI handshake|SPNEGO|SASL[: ]|NTLM-proxy',
    'No (?:more )?connections? a|No more connections|Too old connection|Excess found|Excessive (?:alt|server)|Leftovers|Illegal STS|Malformatted|Unknown alt-svc|Bad alt-svc|alt-svc|Alt-svc|check Alt|Parsed STS|DoH|Done waiting|Downgrades|EAGAIN|ERROR in 1xx',
    'Error (?:printing|creating security)|Error! |File already completely|Internal error|Invalid (?:zoneid|IPv6 address format$)|Lying server|MDTM|Mechanism|MAX_CONC|Maxdownload|Need to|Negative DNS|Overflow Content-Length',
    'PENDING|Proxy CONNECT connection closed|QUIC is|QUIRK|RANGE|RESOLVE|Re[sc]e?iv(?:e?d) 101|rec?v?eived GOAWAY|Resolve (?:IP )?address|Rewind|Shutdown|Simulate|Skip|The (?:entire|requested document|cache)|There is|This is|Time for|Transfer was',
    'UDP payload|Uses proxy|Waiting|Wildcard|WS: (?!too|masked|unknown)|\\[(?:HTTP/2|DNS|DoH|FTP)\\]|\\[WS\\] (?:Received 101|connection expect|error adding|setting)|h2h3|http_request|http2_send|hyperstream is|aws_sigv4:|httpsig: Sig|abort upload|bad (?:DNS|servers)',
    'bind\\(port=\\d+\\) on non-local|Bind to local port|boolean setopt|connect attempts|conn(?:ection)? (?:terminate|has no|expectedly|#)|cr_exp|curl_url_set|determined|disabling|failed to (?:add handle|duplicate|set user_data)|ftp[ _](?!response)',
    'ftp server|getaddrinfo\\(3\\) failed for|ignoring failed|SOCKS5: server resolving|gethostname|http/2: failed|hyper|invalid (?:MIMEKIND|buffer|time)|nread|no chunk|not reusing|partial download completed|pause:|public key hash (?:does|matches)|sendmsg\\(\\) returned \\S+ \\(errno \\S+\\); disable',
    'server does not support|set pseudo|setting size|shutdown timeout|socket (?!failure)|space-separated|ssloc inet_ntop\\(\\) failed with \\d+$|stream \\d+ closed|suppressing|the ioctl|timeout on name|too many IP|unsupported MDTM|we are done|Hostname|Host |IPv[46]:',
    'Name |[!]{3}|\\S+: (?:no ALPN|.* negotiated$)|Checking|Data conn|Ctrl conn|DO[ -]|DEBUG|Cannot change share|Can not multiplex|Could multiplex|CNAME|CONNECT(?:-UDP)? (?:phase|Response|responded|tunnel est)|CONNECT: |Apple SecTrust failure|Drop custom|Dropp|HTTPS-RR|Included|Stick|TTL|Instructs)',
  ].join('|'),
)

/** General errors without a reason: they do not replace an earlier line with the reason. */
const GENERAL =
  /^(?:Failed reading the chunked-encoded stream|Failed writing header|Failure writing output to destination|Curl_(?:read|write) failed)/

/** Lines about an established connection or a new attempt: errors of earlier addresses no longer count. */
const FRESH_START =
  /^(?:Connected to |Established .*connection to |Connection died, retrying|Issue another request)/

/** Returns the kind of a line: an error, a new start, or a note. */
export function kindOfLine(line: string): 'error' | 'start' | 'note' {
  if (FRESH_START.test(line)) return 'start'
  return WORDS.test(line) && !NOTES.test(line) && !GENERAL.test(line) ? 'error' : 'note'
}

/** So many lines are kept before they are judged. A transfer without redirects has some 20. */
const MOST_LINES = 100

/**
 * libcurl's lines about one transfer. They are judged when the last error is asked for: most transfers have
 * none, and the first use of these expressions takes as long as a tenth of a start of the command.
 */
export class ErrorLines {
  private waiting: string[] = []
  private error = ''

  /** Takes the next line. */
  add(line: string): void {
    this.waiting.push(line)
    if (this.waiting.length >= MOST_LINES) this.judge()
  }

  /** The last line that was an error; '' if there is none. */
  get last(): string {
    this.judge()
    return this.error
  }

  /** Another transfer begins. */
  clear(): void {
    if (this.waiting.length > 0) this.waiting = []
    this.error = ''
  }

  private judge(): void {
    const { waiting } = this
    if (waiting.length === 0) return
    this.waiting = []
    for (const line of waiting) {
      const kind = kindOfLine(line)
      if (kind === 'error') this.error = line
      else if (kind === 'start') this.error = ''
    }
  }
}
