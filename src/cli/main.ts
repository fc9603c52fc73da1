#!/usr/bin/env node
/**
 * The command's entry point: loads one of its two parts, `curl` or the plain command, and sets the exit code.
 * Does not parse options, and imports nothing of the command: its code is kept compiled.
 */
import { readFileSync } from 'node:fs'
import { KeptCode } from './kept-code.js'
import type * as Curl from './curl/main.js'
import type * as Plain from './plain-command.js'

const words = process.argv.slice(2)
const isCurl = words[0] === 'curl'
const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
const { version } = JSON.parse(manifest) as { version: string }
const code = new KeptCode(new URL(isCurl ? 'curl/main.cjs' : 'plain-command.cjs', import.meta.url))

function fail(error: unknown): void {
  const { name, message } = error as Error
  // node-libcurl cannot be loaded. This file does not import the class.
  if (name !== 'LoadingError') throw error
  process.stderr.write(`${message}\n`)
  process.exitCode = 1
}

function start(): void {
  const part = code.load()
  const ending = isCurl
    ? (part as typeof Curl).curlMain(words.slice(1), version)
    : (part as typeof Plain).plainMain(words, version)
  void ending.then(({ exitCode, hasRun }) => {
    process.exitCode = exitCode
    if (hasRun) code.keep()
  })
}

try {
  start()
} catch (error) {
  fail(error)
}
