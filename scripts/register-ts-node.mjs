// Lets Node import TypeScript, so that tests, demo and benchmarks run from the sources without a build.
import { register } from 'node:module'
import { pathToFileURL } from 'node:url'

// ts-node needs register(), which Node.js 26 warns about (DEP0205).
const { noDeprecation } = process
process.noDeprecation = true
register('ts-node/esm', pathToFileURL('./'))
process.noDeprecation = noDeprecation
