/**
 * `parallelcurl curl ARGUMENTS`: from the words to the exit code. Does not know what they mean, nor how
 * transfers go.
 */
import { readFileSync } from 'node:fs'
import { fileTime } from '../files/read-input.js'
import { installedBuild } from './arguments/installed-build.js'
import { parseInvocation } from './arguments/parse.js'
import { CurlError, type CurlContext } from './invocation.js'
import { STDIN, tryWrite } from './output/descriptors.js'
import { Messages } from './output/messages.js'

/** Runs curl's command line. Returns the exit code. */
export async function curlMain(words: readonly string[], version: string): Promise<number> {
  const messages = new Messages(process.env)
  const context = contextOf(messages)
  try {
    const invocation = parseInvocation(words, context)
    if (invocation.information !== undefined) {
      const { informationText } = await import('./information.js')
      process.stdout.write(informationText(invocation.information, version))
      return 0
    }
    const [ours] = invocation.global.ours
    if (ours !== undefined) throw notHere(ours[0])
    const { CurlRun } = await import('./run/run.js')
    const run = new CurlRun(invocation, messages, context)
    const code = await run.run()
    await run.close()
    return code
  } catch (error) {
    if (!(error instanceof CurlError)) throw error
    for (const line of error.lines) tryWrite(messages.fd, `${line}\n`)
    return error.exitCode
  }
}

/** Options of the plain command have no effect here so far: none is taken without one. */
function notHere(long: string): CurlError {
  const text = `curl: option --${long}: it is of the plain command; parallelcurl --from-curl takes both`
  return new CurlError(2, [text])
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
