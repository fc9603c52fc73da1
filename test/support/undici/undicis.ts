/**
 * The majors of undici that this Node.js can run, by name. Does not know dispatchers.
 */
import * as undici7 from 'undici'

/** The module of one major; the types are those of undici 7. */
export type Undici = typeof undici7

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

/** undici 8 needs Node.js 22.19. */
const runsEight = major > 22 || (major === 22 && minor >= 19)

/** Each major with its name. */
export const UNDICIS: readonly (readonly [name: string, undici: Undici])[] = [
  ['undici 7', undici7],
  ...(runsEight ? [['undici 8', (await import('undici8')) as unknown as Undici] as const] : []),
]
