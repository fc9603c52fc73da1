/**
 * The set of URLs that a crawl has seen, with a small state of each. Keeps 78 bits of a digest for a URL: 11
 * bytes in a place, three places for two URLs or fewer. Does not know the URLs, nor what the states mean.
 */
import * as crypto from 'node:crypto'

/** The parts of the table. Each grows alone, so that growing never needs a second table of the whole size. */
const PARTS = 64
const FIRST_PLACES = 16
/** A part grows when it is this full. */
const MAX_LOAD = 0.75

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
/** The value of each character of base64url. */
const VALUES = new Uint8Array(128)
for (let i = 0; i < DIGITS.length; i++) VALUES[DIGITS.charCodeAt(i)] = i

/** Returns the key of a URL: the first 132 bits of its SHA-256, as the journal of the command spells them. */
export function keyOfUrl(url: string): string {
  return crypto.hash('sha256', url, 'base64url').slice(0, 22)
}

/** Returns the number that `count` characters of a key stand for, from `start`. */
function bits(key: string, start: number, count: number): number {
  let value = 0
  for (let i = start; i < start + count; i++) value = (value << 6) | (VALUES[key.charCodeAt(i)] as number)
  return value
}

/** One part of the table: open addressing with linear probing. A state of 0 marks a free place. */
class Part {
  private size = 0
  private mask = FIRST_PLACES - 1
  private first = new Uint32Array(FIRST_PLACES)
  private second = new Uint32Array(FIRST_PLACES)
  private third = new Uint16Array(FIRST_PLACES)
  private states = new Uint8Array(FIRST_PLACES)

  get(a: number, b: number, c: number): number {
    return this.states[this.find(a, b, c)] as number
  }

  set(a: number, b: number, c: number, state: number): void {
    let place = this.find(a, b, c)
    if (this.states[place] === 0) {
      if (this.size >= (this.mask + 1) * MAX_LOAD) {
        this.grow()
        place = this.find(a, b, c)
      }
      this.size++
    }
    this.put(place, a, b, c, state)
  }

  get bytes(): number {
    return (this.mask + 1) * 11
  }

  private find(a: number, b: number, c: number): number {
    const { first, second, third, states, mask } = this
    let place = a & mask
    while (states[place] !== 0 && (first[place] !== a || second[place] !== b || third[place] !== c)) {
      place = (place + 1) & mask
    }
    return place
  }

  private put(place: number, a: number, b: number, c: number, state: number): void {
    this.first[place] = a
    this.second[place] = b
    this.third[place] = c
    this.states[place] = state
  }

  private grow(): void {
    const { first, second, third, states } = this
    const places = (this.mask + 1) * 2
    this.mask = places - 1
    this.first = new Uint32Array(places)
    this.second = new Uint32Array(places)
    this.third = new Uint16Array(places)
    this.states = new Uint8Array(places)
    for (let i = 0; i < states.length; i++) {
      if (states[i] === 0) continue
      const [a, b, c] = [first[i], second[i], third[i]] as [number, number, number]
      this.put(this.find(a, b, c), a, b, c, states[i] as number)
    }
  }
}

/** A map from keys of {@link keyOfUrl} to states from 1 to 255. */
export class SeenSet {
  private readonly parts = Array.from({ length: PARTS }, () => new Part())

  /** The bytes of the tables. */
  get bytes(): number {
    return this.parts.reduce((sum, part) => sum + part.bytes, 0)
  }

  /** Returns the state of a key; 0 if it was not seen. */
  get(key: string): number {
    const b = bits(key, 5, 5)
    const last = bits(key, 10, 3)
    return this.partOf(b).get(firstOf(key, last), b, last & 0xffff)
  }

  /** Adds a key with its state, or changes its state. */
  set(key: string, state: number): void {
    const b = bits(key, 5, 5)
    const last = bits(key, 10, 3)
    this.partOf(b).set(firstOf(key, last), b, last & 0xffff, state)
  }

  private partOf(b: number): Part {
    return this.parts[b % PARTS] as Part
  }
}

function firstOf(key: string, last: number): number {
  return (bits(key, 0, 5) | ((last >>> 16) << 30)) >>> 0
}
