/**
 * The options that stand below everybody else's on each handle. Does not know those that people set.
 */
import { caDefaults, type DefaultOptions } from '../installed/ca-certificates.js'
import { OPTION, type NativeEasy } from '../node-libcurl/binding.js'
import { keepsBuffers } from '../request/handle-reuse.js'

/** HTTP, HTTPS, FTP, FTPS: what libcurl itself trusts for redirects (CURLOPT_REDIR_PROTOCOLS_STR(3)). */
const SAFE_PROTOCOLS = 1 | 2 | 4 | 8
/** PHP's limit: "prevent infinite redirects". libcurl had none before 8.3. */
const MAX_REDIRECTS = 20
const LARGE_BUFFER = 131072
/** libcurl's own default (CURLOPT_BUFFERSIZE(3)). */
const USUAL_BUFFER = 16384
/**
 * Where each transfer has a buffer of its own, large ones are for those who do not have thousands in flight.
 */
const MAX_LARGE_BUFFERS = 256

/** The defaults of one instance: made once, and anew when the size of its buffers changes. */
export class HandleDefaults {
  private made: DefaultOptions | null = null
  private hasLargeBuffers = true

  /** Says how many transfers are to be expected at once: on old libcurl each has a buffer of its own. */
  expect(maxRequests: number): void {
    const large = !keepsBuffers || maxRequests <= MAX_LARGE_BUFFERS
    if (large !== this.hasLargeBuffers) this.made = null
    this.hasLargeBuffers = large
  }

  /** The defaults; `easy` is asked where its build looks for certificates. */
  of(easy: NativeEasy): DefaultOptions {
    return (this.made ??= this.make(easy))
  }

  private make(easy: NativeEasy): DefaultOptions {
    return [
      [OPTION.NOSIGNAL as number, 1],
      [OPTION.MAXREDIRS as number, MAX_REDIRECTS],
      [OPTION.PROTOCOLS as number, SAFE_PROTOCOLS],
      [OPTION.REDIR_PROTOCOLS as number, SAFE_PROTOCOLS],
      ...(this.hasLargeBuffers || keepsBuffers
        ? [[OPTION.BUFFERSIZE as number, this.hasLargeBuffers ? LARGE_BUFFER : USUAL_BUFFER] as const]
        : []),
      ...caDefaults(easy),
    ]
  }
}
