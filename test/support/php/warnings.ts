/** Collects PHP's warnings and notices. Does not know what causes them. */

/** Runs `action`, and returns the PHP warnings and notices that this process emitted meanwhile. */
export async function warningsOf(action: () => unknown): Promise<string[]> {
  const warnings: string[] = []
  const listen = (warning: Error): void => {
    if (warning.name.startsWith('Php')) warnings.push(`${warning.name}: ${warning.message}`)
  }
  process.on('warning', listen)
  try {
    await action()
    // Warnings are emitted in the next tick.
    await new Promise((resolve) => setImmediate(resolve))
  } finally {
    process.off('warning', listen)
  }
  return warnings
}
