/**
 * Every option of the command, in one table: the parser, `--help`, completion, config files, JSON lines and `--to-curl` are made
 * of it. Does not know what the options do.
 */

/** One option. */
export interface Flag {
  readonly long: string
  readonly short?: string
  /** What its value is called in `--help`; it takes none otherwise. */
  readonly value?: string
  readonly help: string
  readonly group: string
  /** It is of a request, so that a line of input may have it, too. */
  readonly ofRequest: boolean
  /** curl has it with the same meaning, so that its commands may have it, and those of `--to-curl` do. */
  readonly inCurl: boolean
  /** Values that completion offers; `file` and `dir` are names on the disk. */
  readonly complete?: readonly string[] | 'file' | 'dir'
}

/** An option that was given; null where it takes no value. In order. */
export type Given = readonly [long: string, value: string | null]

type Row = readonly [spelling: string, help: string, complete?: Flag['complete']]

/**
 * `-X, --request METHOD`: as it stands in `--help`.
 *
 * @param kind `curl`: of a request, and curl has it; `request`: of a request; `curl run`: of the run, and curl has it; `run`: of the
 * run
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

/** All of them, in the order of `--help`. */
export const FLAGS: readonly Flag[] = [
  ...rows('What to fetch', 'run', [
    [
      '-i, --input FILE',
      'URLs from a file, - for stdin: lines, CSV or JSON lines; read as it is needed',
      'file',
    ],
    [
      '--input-format FORMAT',
      'lines, csv or jsonl; default: by the name of the file, or the line',
      ['lines', 'csv', 'jsonl'],
    ],
    ['--url-column NAME', 'CSV: the column that has the URL; default: url'],
    ['--strict', 'a bad line of input ends the run; without, it is reported and counts as a failure'],
    ['--trust-input', 'lines of input may read local files and open other protocols'],
    ['--url URL', 'a URL, as in curl'],
    ['-K, --config FILE', "options from a file in the format of curl's, - for stdin", 'file'],
    ['--from-curl COMMAND', 'requests of a curl command, as browsers copy it; may be given more than once'],
    ['--to-curl', 'print the curl command of each request, and fetch nothing'],
    ['--dry-run', 'the same as --to-curl'],
  ]),
  ...rows('Requests', 'curl', [
    ['-X, --request METHOD', 'the method', METHODS],
    ['-H, --header LINE', 'a header line; "Name:" removes one, "Name;" sends it empty, @FILE reads lines'],
    [
      '-d, --data DATA',
      'POST this, urlencoded; @FILE reads it, without line ends; more of them are joined by &',
    ],
    ['--data-ascii DATA', 'the same as --data'],
    ['--data-raw DATA', 'the same, and @ has no meaning'],
    ['--data-binary DATA', 'the same, and @FILE is sent as it is'],
    ['--data-urlencode DATA', 'the same, urlencoded here: content, =content, name=content, @file, name@file'],
    ['--json JSON', 'POST this as JSON; @FILE reads it'],
    ['-F, --form FIELD', 'a field of a multipart form: name=value, name=@file;type=T;filename=N, name=<file'],
    ['--form-string FIELD', 'the same, and @, < and ; have no meaning'],
    ['-T, --upload-file FILE', 'PUT this file, - for stdin; a URL that ends with / gets its name', 'file'],
    ['-G, --get', 'what -d gives goes into the query of a GET'],
    ['-I, --head', 'HEAD: the headers are the output'],
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
    ['--location-trusted', 'the same, and send credentials to other hosts, too'],
    ['--max-redirs COUNT', 'how many redirects; default: 50, as in curl'],
    ['--path-as-is', 'leave /../ in URLs alone'],
    ['-f, --fail', 'a status of 400 and more is a failure, and its body no output'],
    ['--fail-with-body', 'a status of 400 and more is a failure, and its body is output'],
    ['--max-filesize BYTES', 'fail where more is announced'],
  ]),
  ...rows('Requests', 'request', [
    ['--max-body SIZE', 'fail where more than this comes, decoded, such as 10M'],
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
    ['--connect-to HOST1:PORT1:HOST2:PORT2', 'connect to host 2 in the place of host 1'],
    ['--interface NAME', 'the interface, name or address to connect from'],
    ['-4, --ipv4', 'IPv4 only'],
    ['-6, --ipv6', 'IPv6 only'],
    ['--unix-socket PATH', 'connect through this socket', 'file'],
    ['--doh-url URL', 'look names up by HTTPS'],
    ['-0, --http1.0', 'HTTP/1.0'],
    ['--http1.1', 'HTTP/1.1'],
    ['--http2', 'HTTP/2 where the server has it'],
    ['--http2-prior-knowledge', 'HTTP/2 without asking'],
    ['--http3', 'HTTP/3, where the build has it'],
    ['--limit-rate BYTES', 'bytes per second for each transfer, such as 200K'],
    ['-m, --max-time SECONDS', 'for each attempt'],
    ['--connect-timeout SECONDS', 'for connecting'],
    ['-Y, --speed-limit BYTES', 'fail where it is slower, bytes per second, for --speed-time'],
    ['-y, --speed-time SECONDS', 'default: 30'],
    ['--proto LIST', 'the protocols that may be used, such as =https; default: http, https, ftp, ftps'],
  ]),
  ...rows('TLS', 'curl', [
    ['-k, --insecure', 'do not check certificates'],
    ['--cacert FILE', 'certificates to check with', 'file'],
    ['--capath DIR', 'the same, as a folder', 'dir'],
    ['-E, --cert FILE[:PASSWORD]', 'a certificate to show', 'file'],
    ['--cert-type TYPE', 'PEM, DER or P12', ['PEM', 'DER', 'P12']],
    ['--key FILE', 'its key', 'file'],
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
    ['-j, --junk-session-cookies', 'leave out what ends with a session when -b reads a file'],
  ]),
  ...rows('Cookies, proxies, sessions', 'run', [
    ['--proxies FILE', 'through proxies of this file, one a line, each attempt through another one', 'file'],
    [
      '--proxy-rotation KIND',
      'round-robin, random, least-used, or sticky: one for each host; default: round-robin',
      ['round-robin', 'random', 'least-used', 'sticky'],
    ],
    ['--parallel-max-proxy COUNT', 'transfers at once through one proxy'],
    ['--rate-proxy RATE', 'starts through one proxy: 2/s, 5/15s, 100/h'],
    ['--proxy-retries COUNT', 'other proxies to try where one fails; default: 3'],
    ['--proxy-bad-status LIST', 'statuses that speak against a proxy, such as 403,429; default: 407'],
    [
      '--sessions COUNT',
      'so many visitors in turn, each with its own cookies, and its own one of the proxies',
    ],
    ['--sessions-file FILE', 'keep the sessions in this file, for the next run', 'file'],
    ['--session-max-uses COUNT', 'requests after which another session takes its place'],
    ['--session-max-age SECONDS', 'time after which another session takes its place'],
  ]),
  ...rows('In parallel', 'run', [
    ['-Z, --parallel', 'accepted, because curl has it: this command always is'],
    ['--parallel-max COUNT', 'transfers at once; default: 50, as in curl; 0: no limit'],
    ['--parallel-max-host COUNT', 'transfers at once to one host'],
    ['--rate RATE', 'starts, retries included: 2/s, 5/15s, 100/h'],
    ['--rate-host RATE', 'the same for each host'],
    ['--delay-host SECONDS', 'between two starts to one host'],
    ['--adaptive', 'the number at once to a host follows its answers'],
    ['--dedupe', 'equal GETs at the same time share one transfer'],
    ['--buffer BYTES', 'bodies in memory, above which nothing is started; default: 256M'],
  ]),
  ...rows('Retries', 'curl run', [
    ['--retry COUNT', 'how often a failed attempt is made again where that may help'],
    ['--retry-delay SECONDS', 'between attempts; default: 1, doubled each time, at random up to it'],
    ['--retry-max-time SECONDS', 'for all attempts of one request, waiting included'],
    ['--retry-connrefused', 'accepted, because curl has it: refused connections are among them'],
    ['--retry-all-errors', 'whatever failed, also a status'],
  ]),
  ...rows('Retries', 'run', [
    ['--retry-methods LIST', 'methods that may be sent again; default: GET,HEAD,PUT,DELETE,OPTIONS,TRACE'],
  ]),
  ...rows('Output', 'run', [
    ['-o, --output FILE', 'to this file; a template for many, such as {host}/{n}-{sha1}.html', 'file'],
    ['-O, --remote-name', 'to a file named as the URL ends'],
  ]),
  ...rows('Output', 'curl run', [
    ['--output-dir DIR', 'where files go; names of lines and URLs never lead out of it', 'dir'],
    ['--create-dirs', 'make the folders that are missing; those of a template always are'],
    ['-C, --continue-at -', 'keep files that are cut as NAME.part, and go on with those of an earlier run'],
    ['-w, --write-out FORMAT', "after each transfer, with curl's variables; @FILE reads it"],
    ['-s, --silent', 'nothing on stderr'],
    ['-S, --show-error', 'with -s: failures nevertheless'],
    [
      '-v, --verbose',
      'what went over the wire on stderr, in one piece for each transfer, without credentials',
    ],
  ]),
  ...rows('Output', 'run', [
    ['--jsonl', 'one JSON line for each transfer'],
    ['--with-headers', 'with --jsonl: the headers of the answer'],
    [
      '--body FORM',
      'with --jsonl: the body, as text, base64, or auto (text where it is UTF-8)',
      ['text', 'base64', 'auto'],
    ],
    ['--include', 'the headers before each body (-i is --input here)'],
    ['--ordered', 'in the order of the input, not of completion'],
    ['--fail-early', 'stop at the first failure'],
    ['--progress-interval SECONDS', 'between lines of progress where stderr is no terminal; default: 5'],
  ]),
  ...rows('Long runs', 'run', [
    ['--journal FILE', 'write down what is done, so that the run can be resumed', 'file'],
    ['--resume', 'leave out what the journal has as done or failed'],
    ['--retry-failed', 'with --resume: fetch again what failed'],
    [
      '--grace SECONDS',
      'what is in flight may take so long after a signal; a second one ends it at once; default: 5',
    ],
    ['--journal-sync SECONDS', 'how often the journal is forced onto the disk; default: 1'],
  ]),
  ...rows('Pictures', 'run', [
    ['--har FILE', 'the run as HTTP archive (HAR 1.2)', 'file'],
    ['--har-secrets', 'with cookies and credentials'],
    ['--report FILE', 'the run as a page with its waterfall', 'file'],
  ]),
  ...rows('Other', 'run', [
    [
      '--completion SHELL',
      'print what makes bash, zsh or fish complete these options',
      ['bash', 'zsh', 'fish'],
    ],
    ['-h, --help', 'this'],
    ['-V, --version', 'versions, and what this libcurl can do'],
  ]),
]

const byLong = new Map(FLAGS.map((flag) => [flag.long, flag]))

/** The option of that name. */
export function flagNamed(long: string): Flag | undefined {
  return byLong.get(long)
}
