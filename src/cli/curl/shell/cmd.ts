/**
 * Commands as cmd.exe of Windows reads them, and the C runtime splits them into words: what browsers copy "as
 * cURL (cmd)". Does not run anything.
 */
import { needsShell, unfinished, WordList, type Words } from './shell-words.js'

/** The commands of a text. @throws UsageError */
export function readCmd(text: string): Words[] {
  return splitCommands(text.replaceAll('\r\n', '\n')).flatMap((command) => {
    const words = splitWords(command)
    return words.length === 0 ? [] : [words]
  })
}

/** First stage: carets, and what separates commands. Inside of quotes a caret is a caret. */
function splitCommands(text: string): string[] {
  const commands = ['']
  let isQuoted = false
  const add = (part: string): void => {
    commands.push((commands.pop() ?? '') + part)
  }
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? ''
    if (character === '"') {
      isQuoted = !isQuoted
      add(character)
    } else if (character === '\n') {
      isQuoted = false
      commands.push('')
    } else if (isQuoted) {
      // Firefox leaves the quotes for the end of a line: "^\n\n".
      add(character)
    } else if (character === '^') {
      // A line end behind a caret is none, and what follows it is taken as it is.
      if (text[at + 1] === '\n') at++
      at++
      if (at < text.length) add(text[at] ?? '')
    } else if (character === '&') commands.push('')
    else if (character === '|' || character === '<' || character === '>')
      throw needsShell(character === '|' ? 'the pipe |' : `the redirection ${character}`)
    else add(character)
  }
  return commands
}

/** Second stage: backslashes count only before quotes; two quotes within quotes are one. */
function splitWords(text: string): Words {
  const list = new WordList()
  let isQuoted = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? ''
    if (character === '\\') {
      const run = /^\\+/.exec(text.slice(at))?.[0].length ?? 1
      const isBeforeQuote = text[at + run] === '"'
      list.add('\\'.repeat(isBeforeQuote ? Math.floor(run / 2) : run))
      at += run - 1
      if (isBeforeQuote && run % 2 === 1) {
        list.add('"')
        at++
      }
    } else if (character === '"') {
      if (isQuoted && text[at + 1] === '"') {
        list.add('"')
        at++
      } else {
        isQuoted = !isQuoted
        list.add('')
      }
    } else if (!isQuoted && /[ \t]/.test(character)) list.endWord()
    else list.add(character)
  }
  if (isQuoted) throw unfinished('a double quote')
  list.endCommand()
  return list.commands[0] ?? []
}
