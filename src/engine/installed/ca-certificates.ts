/**
 * The CA certificates that https is verified with, on every build and at little cost. Does not know the
 * options of users: their CAINFO or CAPATH is set later and wins.
 *
 * Measured: node-libcurl 5's own way (400 kB of certificates in each handle) costs 12 ms of CPU per TLS
 * connection and 400 kB of memory per connection, https or not. A CAINFO file without a CAPATH is parsed once
 * and cached by libcurl.
 */
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { getInfo, INFO, OPTION, type NativeEasy } from '../node-libcurl/binding.js'

/** Default options: numbers and values. */
export type DefaultOptions = readonly (readonly [id: number, value: unknown])[]

let cached: DefaultOptions | undefined

/**
 * Returns the options for verification. They are searched once per process. Any handle gives the paths that
 * libcurl was built with.
 */
export function caDefaults(easy: NativeEasy): DefaultOptions {
  return (cached ??= findCaDefaults(easy))
}

function findCaDefaults(easy: NativeEasy): DefaultOptions {
  const file = builtInPath(easy, 'CAINFO')
  const extra = process.env.NODE_EXTRA_CA_CERTS
  const extraFile = extra !== undefined && isFile(extra) ? extra : undefined
  // existsSync instead of stat: this runs before the first request, and stat would take 0.3 ms more.
  if (file !== undefined && existsSync(file)) {
    // If both are the same file, a bundle would hold every certificate twice, and take 10 ms to write.
    const isMore = extraFile !== undefined && realpathSync(extraFile) !== realpathSync(file)
    return useFile(isMore ? writeBundle([readFileSync(file), readFileSync(extraFile)]) : file)
  }
  // A build with a directory of hashed certificates and no file: libcurl's default is right.
  const directory = builtInPath(easy, 'CAPATH')
  if (directory !== undefined && existsSync(directory)) return []
  return useFile(
    writeBundle([nodesCertificates(), ...(extraFile === undefined ? [] : [readFileSync(extraFile)])]),
  )
}

function useFile(file: string): DefaultOptions {
  const options: [number, unknown][] = [
    [OPTION.CAINFO as number, file],
    // With a CAPATH beside CAINFO, libcurl parses the file for every connection (20 ms).
    [OPTION.CAPATH as number, null],
  ]
  // An https proxy has paths of its own. The defaults of the build are no better than the file above.
  options.push([OPTION.PROXY_CAINFO as number, file])
  return options
}

/** Returns a path that libcurl was built with. */
function builtInPath(easy: NativeEasy, name: string): string | undefined {
  const id = INFO[name]
  const value = id === undefined ? null : getInfo(easy, id)
  return typeof value === 'string' && value !== '' ? value : undefined
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

function nodesCertificates(): string {
  // Loaded on demand: loading it takes as long as loading this whole library.
  const tls = process.getBuiltinModule('node:tls')
  const { getCACertificates } = tls as { getCACertificates?: (type: 'default') => string[] }
  return (getCACertificates?.('default') ?? tls.rootCertificates).join('\n')
}

/**
 * Writes a file that only this user can write, in a new folder that is removed when the process exits: no
 * other user can replace the file.
 */
function writeBundle(parts: readonly (string | Buffer)[]): string {
  const folder = mkdtempSync(join(process.getBuiltinModule('node:os').tmpdir(), 'parallelcurl-ca-'))
  const file = join(folder, 'ca.pem')
  writeFileSync(file, parts.map(String).join('\n'), { mode: 0o600 })
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true })
  })
  return file
}
