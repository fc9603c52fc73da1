/**
 * `parallelcurl curl ARGUMENTS`: from the words to the exit code. Does not know what they mean, nor how
 * transfers go.
 */
import '../../engine/node-libcurl/declare-sole-user.js'
import { readFileSync } from 'node:fs'
import { OptionError } from '../../errors.js'
import { oneLine } from '../../redaction.js'
import { endingOf, UsageError, type Ending } from '../errors/errors.js'
import { fileTime } from '../files/read-input.js'
import { installedBuild } from './arguments/installed-build.js'
import { parseInvocation } from './arguments/parse.js'
import { EXIT_CODES } from './arguments/problems.js'
import { CurlError, type CurlContext, type Invocation } from './invocation.js'
import { STDIN, tryWrite } from './output/descriptors.js'
import { Messages } from './output/messages.js'
import type { Additions } from './run/additions.js'

/** Runs curl's command line. An error is told on stderr. */
export function curlMain(words: readonly string[], version: string): Promise<Ending> {
  return endingOf(() => main(words, version))
}

async function main(words: readonly string[], version: string): Promise<Ending> {
  const messages = new Messages(process.env)
  const context = contextOf(messages)
  try {
    const invocation = parseInvocation(words, context)
    if (invocation.information !== undefined) {
      const { informationText } = await import('./information.js')
      process.stdout.write(informationText(invocation.information, version))
      return { exitCode: 0, hasRun: false }
    }
    const ours = invocation.global.ours.length === 0 ? null : await additions(invocation, version, messages)
    const { CurlRun } = await import('./run/run.js')
    const run = new CurlRun(invocation, messages, context, ours)
    const exitCode = await run.run()
    await run.close()
    return { exitCode: (await ours?.finish(exitCode)) ?? exitCode, hasRun: true }
  } catch (error) {
    if (!(error instanceof CurlError)) throw error
    for (const line of error.lines) tryWrite(messages.fd, `${line}\n`)
    return { exitCode: error.exitCode, hasRun: false }
  }
}

/** @throws CurlError if an option of the plain command is wrong */
async function additions(invocation: Invocation, version: string, messages: Messages): Promise<Additions> {
  const { Additions } = await import('./run/additions.js')
  try {
    return await Additions.open(invocation, version, messages)
  } catch (error) {
    if (error instanceof UsageError || error instanceof OptionError)
      throw new CurlError(EXIT_CODES.usage, [`curl: ${oneLine(error.message)}`])
    throw error
  }
}

function contextOf(messages: Messages): CurlContext {
  let hasRead = false
  return {
    build: installedBuild(),
    env: process.env,
    readFile: (path) => readFileSync(path),
    readStdin() {
      if (hasRead) return Buffer.alloc(0)
      hasRead = true
      return readFileSync(STDIN)
    },
    fileTime,
    say(kind, text) {
      messages.say(kind, text)
    },
    redirectMessages(path) {
      messages.redirect(path)
    },
  }
}
