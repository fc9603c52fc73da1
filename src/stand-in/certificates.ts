/**
 * A certificate authority and the certificates that it signs, so that a client can trust a server of this process.
 * Writes X.509 by hand over node:crypto. New for each process: nothing of it is stored, and nothing expires. Does
 * not know the servers.
 */
import type nodeCrypto from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** A certificate with its key, both as PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

interface Issued extends Certificate {
  readonly privateKey: KeyObject
  readonly spki: Buffer
  readonly name: string
}

// Loaded when a certificate is made: few programs need one.
const crypto = (): typeof nodeCrypto => process.getBuiltinModule('node:crypto')

const tag = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  time: 0x18,
  sequence: 0x30,
  set: 0x31,
}

function der(type: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([type, ...size]), content])
}

const sequence = (...parts: Buffer[]): Buffer => der(tag.sequence, ...parts)

const oids = {
  ecdsaWithSha256: '2a8648ce3d040302',
  commonName: '550403',
  subjectKeyIdentifier: '551d0e',
  keyUsage: '551d0f',
  subjectAltName: '551d11',
  basicConstraints: '551d13',
  authorityKeyIdentifier: '551d23',
}

const yes = der(tag.boolean, Buffer.from([0xff]))
const oid = (name: keyof typeof oids): Buffer => der(tag.oid, Buffer.from(oids[name], 'hex'))
const distinguishedName = (commonName: string): Buffer =>
  sequence(der(tag.set, sequence(oid('commonName'), der(tag.utf8, Buffer.from(commonName)))))
const extension = (name: keyof typeof oids, value: Buffer): Buffer =>
  sequence(oid(name), der(tag.octets, value))
const critical = (name: keyof typeof oids, value: Buffer): Buffer =>
  sequence(oid(name), yes, der(tag.octets, value))
const keyIdentifier = (publicKey: Buffer): Buffer => crypto().createHash('sha1').update(publicKey).digest()

function pem(label: string, bytes: Buffer): string {
  return `-----BEGIN ${label}-----\n${(bytes.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END ${label}-----\n`
}

function generalName(name: string): Buffer {
  const address = addressBytes(name)
  return address === null ? der(0x82, Buffer.from(name)) : der(0x87, address)
}

/** Returns the bytes of an IP address, null for a name. */
function addressBytes(name: string): Buffer | null {
  const version = process.getBuiltinModule('node:net').isIP(name)
  if (version === 4) return Buffer.from(name.split('.').map(Number))
  if (version === 0) return null
  // The URL parser writes any form of an IPv6 address in hexadecimal groups.
  const [left = '', right] = new URL(`http://[${name}]`).hostname.slice(1, -1).split('::')
  const groups = (text: string): string[] => text.split(':').filter((group) => group !== '')
  const zeros = right === undefined ? 0 : 8 - groups(left).length - groups(right).length
  const all = [...groups(left), ...Array<string>(zeros).fill('0'), ...groups(right ?? '')]
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex')
}

function certificate(name: string, names: readonly string[], issuer: Issued | null): Issued {
  const { generateKeyPairSync, randomBytes, sign } = crypto()
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const algorithm = sequence(oid('ecdsaWithSha256'))
  const extensions = [
    critical('basicConstraints', issuer ? sequence() : sequence(yes)),
    // digitalSignature for a leaf certificate, keyCertSign for the authority.
    critical('keyUsage', der(tag.bits, Buffer.from(issuer ? [0x07, 0x80] : [0x02, 0x04]))),
    extension('subjectKeyIdentifier', der(tag.octets, keyIdentifier(spki))),
    extension('authorityKeyIdentifier', sequence(der(0x80, keyIdentifier(issuer?.spki ?? spki)))),
    ...(names.length > 0 ? [extension('subjectAltName', sequence(...names.map(generalName)))] : []),
  ]
  const time = (year: number): Buffer => der(tag.time, Buffer.from(`${String(year)}0101000000Z`))
  const thisYear = new Date().getUTCFullYear()
  const toBeSigned = sequence(
    der(0xa0, der(tag.integer, Buffer.from([2]))),
    der(tag.integer, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    distinguishedName(issuer?.name ?? name),
    sequence(time(thisYear - 1), time(thisYear + 2)),
    distinguishedName(name),
    spki,
    der(0xa3, sequence(...extensions)),
  )
  const signature = sign('sha256', toBeSigned, issuer?.privateKey ?? privateKey)
  const whole = sequence(toBeSigned, algorithm, der(tag.bits, Buffer.from([0]), signature))
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  return { cert: pem('CERTIFICATE', whole), key, privateKey, spki, name }
}

/** An authority of this process. Its key is made when it is needed first. */
export class CertificateAuthority {
  private made: Issued | null = null

  /** @param name the authority's common name */
  constructor(private readonly name: string) {}

  private get own(): Issued {
    return (this.made ??= certificate(this.name, [], null))
  }

  /** The authority's certificate, which a client has to trust. PEM. */
  get pem(): string {
    return this.own.cert
  }

  /** Issues a certificate for DNS names and IPv4 addresses, or for a client of this name. */
  issue(commonName: string, names: readonly string[] = []): Certificate {
    const { cert, key } = certificate(commonName, names, this.own)
    return { cert, key }
  }
}
