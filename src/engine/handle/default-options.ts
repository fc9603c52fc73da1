/**
 * The default options of every handle, below all others. Does not know the options of users.
 */
import { caDefaults, type DefaultOptions } from '../installed/ca-certificates.js'
import { OPTION, type NativeEasy } from '../node-libcurl/binding.js'
import { keepsBuffers } from '../request/reset-leftovers.js'

/**
 * HTTP, HTTPS, FTP, FTPS: the protocols that libcurl itself allows for redirects
 * (CURLOPT_REDIR_PROTOCOLS_STR(3)).
 */
const SAFE_PROTOCOLS = 1 | 2 | 4 | 8
/** PHP's limit: "prevent infinite redirects". libcurl had none before 8.3. */
const MAX_REDIRECTS = 20
const LARGE_BUFFER = 131072
/** libcurl's own default (CURLOPT_BUFFERSIZE(3)). */
const USUAL_BUFFER = 16384
/**
 * The highest number of transfers that get large buffers if each transfer has a buffer of its own: with
 * thousands in flight, large ones take too much memory.
 */
const MAX_LARGE_BUFFERS = 256

/** The defaults of one instance. They are made once, and again when the size of the buffers changes. */
export class HandleDefaults {
  private made: DefaultOptions | null = null
  private hasLargeBuffers = true

  /**
   * Sets the number of transfers to expect at once. Older libcurl has a receive buffer for each of them, so
   * the size of that buffer depends on it.
   */
  expect(maxRequests: number): void {
    const large = !keepsBuffers || maxRequests <= MAX_LARGE_BUFFERS
    if (large !== this.hasLargeBuffers) this.made = null
    this.hasLargeBuffers = large
  }

  /** Returns the defaults. `easy` gives the paths of certificates that libcurl was built with. */
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
