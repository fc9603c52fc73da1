/** The user's home. Does not know what is looked for there. */

/** Returns what `os.homedir()` does. Loads `node:os` only where no variable names it. */
export function homeFolder(): string {
  const { HOME: home = '' } = process.env
  return home !== '' && process.platform !== 'win32' ? home : process.getBuiltinModule('node:os').homedir()
}
