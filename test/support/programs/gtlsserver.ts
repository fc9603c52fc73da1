/**
 * Runs gtlsserver, the example server of ngtcp2, as a private instance on a free port: HTTP/3 and nothing else, with
 * limits of streams, lost datagrams and Retry packets as its options have them. Use
 * `requireProgram(this, 'gtlsserver', 'ngtcp2-server')` to check that it is installed. Does not depend on the client.
 */
import dgram from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeCertificate } from './certificate-files.js'
import { loopback, runProgram } from './program.js'

export interface Gtlsserver extends AsyncDisposable {
  readonly port: number
  /** The certificate to trust. */
  readonly CAINFO: string
  /** `/1000` is a thousand bytes, `/file` the file of `startGtlsserver()`. */
  url(path: string): string
  /** Returns everything that the server has written: each packet, each header. */
  log(): string
  /** Returns the number of streams with a request, one entry for each connection. */
  requestsOfConnections(): number[]
}

/**
 * Starts gtlsserver.
 *
 * @param options its options
 * @param file the content of `/file`
 */
export async function startGtlsserver(
  options: readonly string[] = [],
  file: Buffer | string = '',
): Promise<Gtlsserver> {
  const root = mkdtempSync(join(tmpdir(), 'parallelcurl-'))
  const { cert, key, CAINFO } = writeCertificate(root)
  writeFileSync(join(root, 'file'), file)
  const port = await freeUdpPort()
  const quieter = ['--no-quic-dump', '--no-http-dump', '-d', root]
  const program = await runProgram(
    'gtlsserver',
    port,
    [...options, ...quieter, loopback, String(port), key, cert],
    () => {
      rmSync(root, { recursive: true })
    },
    answersQuic,
  )
  return {
    ...program,
    CAINFO,
    url: (path) => `https://${loopback}:${String(port)}${path}`,
    requestsOfConnections: () => {
      // Each line that a connection writes about a packet has its ID; those about requests follow, without one.
      const counts = new Map<string, number>()
      let at = ''
      for (const [, id, isRequest] of program
        .log()
        .matchAll(
          /^I\d+ 0x([0-9a-f]+) con recv packet|(^http: stream 0x[0-9a-f]+ request headers started)/gm,
        ))
        if (id !== undefined) at = id
        else if (isRequest !== undefined) counts.set(at, (counts.get(at) ?? 0) + 1)
      return [...counts.values()]
    },
  }
}

/** Returns a port for UDP that nobody listened on a moment ago. */
async function freeUdpPort(): Promise<number> {
  const socket = dgram.createSocket('udp4')
  socket.bind(0, loopback)
  await once(socket, 'listening')
  const { port } = socket.address()
  const closed = once(socket, 'close')
  socket.close()
  await closed
  return port
}

/**
 * Whether a QUIC server is at a port: it answers a first packet of a version that it does not know with its own versions
 * (RFC 9000, 6.1), and a closed port is refused.
 */
async function answersQuic(port: number): Promise<boolean> {
  const packet = Buffer.alloc(1200)
  // A long header, a version that is reserved for this, and two connection IDs of eight bytes.
  packet.writeUInt8(0xc0, 0)
  packet.writeUInt32BE(0x1a2a3a4a, 1)
  packet.writeUInt8(8, 5)
  packet.writeUInt8(8, 14)
  const socket = dgram.createSocket('udp4')
  socket.connect(port, loopback)
  await once(socket, 'connect')
  const answered = once(socket, 'message').then(
    () => true,
    () => false,
  )
  // Again and again, because the server may be one that loses datagrams.
  const again = setInterval(() => {
    socket.send(packet)
  }, 10)
  try {
    return await answered
  } finally {
    clearInterval(again)
    socket.close()
  }
}
