// Lets Node import TypeScript, so that tests, demo and benchmarks run from the sources without a build.
import { register } from 'node:module'
import { pathToFileURL } from 'node:url'

register('ts-node/esm', pathToFileURL('./'))
