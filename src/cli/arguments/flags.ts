/**
 * The table of all options of the command. The parser, `--help`, completion, config files, JSON lines and
 * `--to-curl` are built from it. Does not apply the options.
 */

/** One option of the command. */
export interface Flag {
  readonly long: string
  readonly short?: string
  /** The name of the value in `--help`; undefined if the option has no value. */
  readonly value?: string
  readonly help: string
  readonly group: string
  /** True if the option belongs to a request, so that a line of input may have it, too. */
  readonly ofRequest: boolean
  /**
   * True if curl has the option with the same meaning: `--from-curl` accepts it, and `--to-curl` prints it.
   */
  readonly inCurl: boolean
  /** The values that completion offers; `file` and `dir` complete names on the disk. */
  readonly complete?: readonly string[] | 'file' | 'dir'
}

/** An option that was given, with its value; null if the option takes none. */
export type Given = readonly [long: string, value: string | null]

type Row = readonly [spelling: string, help: string, complete?: Flag['complete']]

/**
 * Makes flags from table rows. A row has its spelling as in `--help`: `-X, --request METHOD`.
 *
 * @param kind `curl`: an option of requests that curl has, too; `request`: an option of requests; `curl run`:
 * an option of the run that curl has, too; `run`: an option of the run
 */
function rows(group: string, kind: 'curl' | 'request' | 'curl run' | 'run', table: readonly Row[]): Flag[] {
  return table.map(([spelling, help, complete]) => {
    const match = /^(?:-(\S), )?--(\S+)(?: (\S+))?$/.exec(spelling)
    if (match === null) throw new Error(spelling)
    const [, short, long = '', value] = match
    return {
      long,
      help,
      group,
      ofRequest: kind === 'curl' || kind === 'request',
      inCurl: kind === 'curl' || kind === 'curl run',
      ...(short !== undefined && { short }),
      ...(value !== undefined && { value }),
      ...(complete !== undefined && { complete }),
    }
  })
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** All options, in the order of `--help`. */
export const FLAGS: readonly Flag[] = [
  ...rows('What to fetch', 'run', [
    [
      '-i, --input FILE',
      'URLs from a file, - for stdin: lines, CSV or JSON lines; read as it is needed',
      'file',
    ],
    [
      '--input-format FORMAT',
      'lines, csv or jsonl; default: by the name of the file, else by each line',
      ['lines', 'csv', 'jsonl'],
    ],
    ['--url-column NAME', 'CSV: the column with the URL; default: url'],
    ['--strict', 'end the run at a bad line of input; without, it is reported and counts as a failure'],
    ['--trust-input', 'allow lines of input to read local files and to open other protocols'],
    ['--url URL', 'a URL, as in curl'],
    ['-K, --config FILE', "options from a file in the format of curl's, - for stdin", 'file'],
    ['--from-curl COMMAND', 'requests of a curl command, as browsers copy it; may be repeated'],
    ['--to-curl', 'print the curl command of each request, and fetch nothing'],
    ['--dry-run', 'the same as --to-curl'],
  ]),
  ...rows('Requests', 'curl', [
    ['-X, --request METHOD', 'the method', METHODS],
    [
      '-H, --header LINE',
      'a header line; "Name:" removes a header, "Name;" sends it empty, @FILE reads lines',
    ],
    [
      '-d, --data DATA',
      'POST this, urlencoded; @FILE reads it, without line ends; repeated ones are joined by &',
    ],
    ['--data-ascii DATA', 'the same as --data'],
    ['--data-raw DATA', 'as --data, but @ has no meaning'],
    ['--data-binary DATA', 'as --data, but @FILE is sent as it is'],
    [
      '--data-urlencode DATA',
      'as --data, but urlencode it first: content, =content, name=content, @file, name@file',
    ],
    ['--json JSON', 'POST this as JSON; @FILE reads it'],
    ['-F, --form FIELD', 'a field of a multipart form: name=value, name=@file;type=T;filename=N, name=<file'],
    ['--form-string FIELD', 'as --form, but @, < and ; have no meaning'],
    [
      '-T, --upload-file FILE',
      'PUT this file, - for stdin; its name is added to a URL that ends with /',
      'file',
    ],
    ['-G, --get', 'send the data of -d as the query of a GET'],
    ['-I, --head', 'send HEAD, and print the headers'],
    ['-A, --user-agent NAME', 'the User-Agent header; default: parallelcurl and its version'],
    ['-e, --referer URL', 'the Referer header; ";auto" at its end follows redirects'],
    [
      '-b, --cookie DATA',
      'cookies: name=value; name=value, or a file of them, which all transfers share',
      'file',
    ],
    ['-r, --range RANGE', 'bytes, such as 0-499'],
    ['--compressed', 'ask for a compressed answer, and decompress it'],
    ['-L, --location', 'follow redirects'],
    ['--location-trusted', 'follow redirects, and send credentials to other hosts, too'],
    ['--max-redirs COUNT', 'the most redirects; default: 50, as in curl'],
    ['--path-as-is', 'leave /../ in URLs alone'],
    ['-f, --fail', 'treat a status of 400 and above as a failure, and do not print its body'],
    ['--fail-with-body', 'treat a status of 400 and above as a failure, and print its body'],
    ['--max-filesize BYTES', 'fail if the server announces more'],
  ]),
  ...rows('Requests', 'request', [
    ['--max-body SIZE', 'fail if more arrives, after decoding, such as 10M'],
    [
      '--opt NAME=VALUE',
      "any option of libcurl's by its name, such as TCP_KEEPALIVE=1; lists by repeating it",
    ],
  ]),
  ...rows('Authentication', 'curl', [
    ['-u, --user USER:PASSWORD', 'credentials'],
    ['--basic', 'HTTP Basic'],
    ['--digest', 'HTTP Digest'],
    ['--ntlm', 'NTLM'],
    ['--negotiate', 'Negotiate (SPNEGO)'],
    ['--anyauth', 'the safest method that the server offers'],
    ['--oauth2-bearer TOKEN', 'a bearer token'],
    ['--aws-sigv4 PROVIDER', 'AWS Signature V4, such as aws:amz:eu-west-1:s3'],
    ['-n, --netrc', 'credentials of ~/.netrc'],
    ['--netrc-file FILE', 'credentials of this file', 'file'],
  ]),
  ...rows('Connections', 'curl', [
    ['-x, --proxy URL', 'through this proxy: http, https, socks4, socks4a, socks5, socks5h'],
    ['-U, --proxy-user USER:PASSWORD', 'credentials for the proxy'],
    ['--noproxy HOSTS', 'no proxy for these hosts'],
    ['--preproxy URL', 'a SOCKS proxy before the proxy'],
    ['--proxy-header LINE', 'a header for the proxy'],
    ['-p, --proxytunnel', 'CONNECT through the proxy for http, too'],
    ['--proxy-insecure', "do not check the proxy's certificate"],
    ['--proxy-cacert FILE', 'certificates for the proxy', 'file'],
    ['--resolve HOST:PORT:ADDRESS', 'this address for that host'],
    ['--connect-to HOST1:PORT1:HOST2:PORT2', 'connect to host 2 instead of host 1'],
    ['--interface NAME', 'the interface, name or address to connect from'],
    ['-4, --ipv4', 'IPv4 only'],
    ['-6, --ipv6', 'IPv6 only'],
    ['--unix-socket PATH', 'connect through this socket', 'file'],
    ['--doh-url URL', 'look names up by HTTPS'],
    ['-0, --http1.0', 'HTTP/1.0'],
    ['--http1.1', 'HTTP/1.1'],
    ['--http2', 'HTTP/2 if the server supports it'],
    ['--http2-prior-knowledge', 'HTTP/2 without asking the server first'],
    ['--http3', 'HTTP/3, if this libcurl supports it'],
    ['--limit-rate BYTES', 'bytes per second for each transfer, such as 200K'],
    ['-m, --max-time SECONDS', 'the most time for each attempt'],
    ['--connect-timeout SECONDS', 'the most time for connecting'],
    ['-Y, --speed-limit BYTES', 'fail if it is slower than this, in bytes per second, for --speed-time'],
    ['-y, --speed-time SECONDS', 'the time for --speed-limit; default: 30'],
    ['--proto LIST', 'the protocols that may be used, such as =https; default: http, https, ftp, ftps'],
  ]),
  ...rows('TLS', 'curl', [
    ['-k, --insecure', 'do not check certificates'],
    ['--cacert FILE', 'certificates to check with', 'file'],
    ['--capath DIR', 'a folder of certificates to check with', 'dir'],
    ['-E, --cert FILE[:PASSWORD]', 'a certificate to show', 'file'],
    ['--cert-type TYPE', 'PEM, DER or P12', ['PEM', 'DER', 'P12']],
    ['--key FILE', 'the key of the certificate', 'file'],
    ['--key-type TYPE', 'PEM or DER', ['PEM', 'DER']],
    ['--pass PHRASE', 'the pass phrase of the key'],
    ['--ciphers LIST', 'ciphers up to TLS 1.2'],
    ['--tls13-ciphers LIST', 'ciphers of TLS 1.3'],
    ['--tlsv1.2', 'TLS 1.2 or newer'],
    ['--tlsv1.3', 'TLS 1.3 or newer'],
    ['--pinnedpubkey HASHES', 'the public key that the server must have'],
  ]),
  ...rows('Cookies, proxies, sessions', 'curl run', [
    ['-c, --cookie-jar FILE', 'write all cookies to this file at the end, - for stdout', 'file'],
    ['-j, --junk-session-cookies', 'leave out cookies of a session when -b reads a file'],
  ]),
  ...rows('Cookies, proxies, sessions', 'run', [
    [
      '--proxies FILE',
      'use the proxies in this file, one on each line, another one for each attempt',
      'file',
    ],
    [
      '--proxy-rotation KIND',
      'round-robin, random, least-used, or sticky: one for each host; default: round-robin',
      ['round-robin', 'random', 'least-used', 'sticky'],
    ],
    ['--parallel-max-proxy COUNT', 'transfers at once through one proxy'],
    ['--rate-proxy RATE', 'starts through one proxy: 2/s, 5/15s, 100/h'],
    ['--proxy-retries COUNT', 'other proxies to try if one fails; default: 3'],
    ['--proxy-bad-status LIST', 'statuses that count against a proxy, such as 403,429; default: 407'],
    ['--sessions COUNT', 'so many visitors in turn, each with its own cookies and its own proxy'],
    ['--sessions-file FILE', 'keep the sessions in this file, for the next run', 'file'],
    ['--session-max-uses COUNT', 'requests after which a session is replaced'],
    ['--session-max-age SECONDS', 'time after which a session is replaced'],
  ]),
  ...rows('In parallel', 'run', [
    ['-Z, --parallel', 'accepted, because curl has it: this command always works in parallel'],
    ['--parallel-max COUNT', 'transfers at once; default: 50, as in curl; 0: no limit'],
    ['--parallel-max-host COUNT', 'transfers at once to one host'],
    ['--rate RATE', 'starts, retries included: 2/s, 5/15s, 100/h'],
    ['--rate-host RATE', 'the same for each host'],
    ['--delay-host SECONDS', 'between two starts to one host'],
    ['--adaptive', 'adapt the transfers at once to a host to its answers'],
    ['--dedupe', 'share one transfer among equal GETs at the same time'],
    ['--buffer BYTES', 'start nothing while more than this is in memory; default: 256M'],
  ]),
  ...rows('Retries', 'curl run', [
    ['--retry COUNT', 'how often to repeat a failed attempt, if that may help'],
    ['--retry-delay SECONDS', 'between attempts; default: 1, doubled each time, at random up to it'],
    ['--retry-max-time SECONDS', 'for all attempts of one request, waiting included'],
    ['--retry-connrefused', 'accepted, because curl has it: --retry includes refused connections'],
    ['--retry-all-errors', 'repeat whatever failed, also a status of 400 and above'],
  ]),
  ...rows('Retries', 'run', [
    ['--retry-methods LIST', 'methods that may be sent again; default: GET,HEAD,PUT,DELETE,OPTIONS,TRACE'],
  ]),
  ...rows('Output', 'run', [
    ['-o, --output FILE', 'write to this file; a template for many, such as {host}/{n}-{sha1}.html', 'file'],
    ['-O, --remote-name', 'write to a file named like the last part of the URL'],
  ]),
  ...rows('Output', 'curl run', [
    ['--output-dir DIR', 'the folder for files; names in lines and URLs never lead out of it', 'dir'],
    ['--create-dirs', 'create missing folders; those of a template always are'],
    ['-C, --continue-at -', 'keep files that are cut as NAME.part, and continue those of an earlier run'],
    ['-w, --write-out FORMAT', "print this after each transfer, with curl's variables; @FILE reads it"],
    ['-s, --silent', 'print nothing on stderr'],
    ['-S, --show-error', 'with -s: print failures all the same'],
    [
      '-v, --verbose',
      'print what went over the wire on stderr, in one piece for each transfer, without credentials',
    ],
  ]),
  ...rows('Output', 'run', [
    ['--jsonl', 'print one JSON line for each transfer'],
    ['--with-headers', 'with --jsonl: add the headers of the answer'],
    [
      '--body FORM',
      'with --jsonl: add the body, as text, base64, or auto (text if it is UTF-8)',
      ['text', 'base64', 'auto'],
    ],
    ['--include', 'print the headers before each body (-i is --input here)'],
    ['--ordered', 'print in the order of the input, not of completion'],
    ['--fail-early', 'stop at the first failure'],
    ['--progress-interval SECONDS', 'between lines of progress where stderr is no terminal; default: 5'],
  ]),
  ...rows('Long runs', 'run', [
    ['--journal FILE', 'write down what is done, so that the run can be resumed', 'file'],
    ['--resume', 'leave out requests that the journal lists as done or failed'],
    ['--retry-failed', 'with --resume: repeat requests that failed'],
    [
      '--grace SECONDS',
      'time for transfers in flight after a signal; a second signal ends them at once; default: 5',
    ],
    ['--journal-sync SECONDS', 'how often the journal is forced onto the disk; default: 1'],
  ]),
  ...rows('Reports', 'run', [
    ['--har FILE', 'write the run as HTTP archive (HAR 1.2)', 'file'],
    ['--har-secrets', 'with --har: keep cookies and credentials'],
    ['--report FILE', 'write the run as a page with a waterfall', 'file'],
  ]),
  ...rows('Other', 'run', [
    [
      '--completion SHELL',
      'print a script that makes bash, zsh or fish complete these options',
      ['bash', 'zsh', 'fish'],
    ],
    ['-h, --help', 'print this help'],
    ['-V, --version', 'print versions, and what this libcurl supports'],
  ]),
]

const byLong = new Map(FLAGS.map((flag) => [flag.long, flag]))

/** Returns the option with that name. */
export function flagNamed(long: string): Flag | undefined {
  return byLong.get(long)
}
