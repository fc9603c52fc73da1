/**
 * Converts scalars to strings as PHP does: the post fields and query strings of ported scripts depend on it.
 * Does not know the use of the string.
 */

/** PHP's ini setting `precision`: the significant digits of a float that becomes a string. */
const PRECISION = 14

/** Returns the string of a scalar as PHP casts it; undefined for other values, null included. */
export function scalarToPhpString(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
      return numberToPhpString(value)
    case 'bigint':
      return String(value)
    case 'boolean':
      return value ? '1' : ''
    default:
      return undefined
  }
}

/**
 * Returns a float as PHP prints it: `1.5`, `3.1415926535898`, `1.0E+25`, `INF`. A whole number stands for a
 * PHP integer and is printed in full up to 2^53.
 */
export function numberToPhpString(value: number): string {
  if (Number.isSafeInteger(value)) return String(value === 0 ? 0 : value)
  if (Number.isNaN(value)) return 'NAN'
  if (!Number.isFinite(value)) return value > 0 ? 'INF' : '-INF'
  const sign = value < 0 ? '-' : ''
  const [digits, exponent] = significantDigits(Math.abs(value))
  const [first, others] = [digits.slice(0, 1), digits.slice(1)]
  if (exponent < -4 || exponent >= PRECISION) {
    return `${sign}${first}.${others || '0'}E${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  const fraction = digits.slice(exponent + 1)
  return fraction === '' ? sign + whole : `${sign}${whole}.${fraction}`
}

/** Returns the digits without trailing zeros, and the exponent of the first digit. */
function significantDigits(value: number): [digits: string, exponent: number] {
  // PHP rounds a tie to even, JavaScript rounds it up. At 60 digits only a real tie looks like one.
  const exact = value.toExponential(60)
  const isTieAboveEven = /^\d\.\d{12}[02468]50*e/.test(exact)
  const [mantissa = '', exponent] = (isTieAboveEven ? exact : value.toExponential(PRECISION - 1)).split('e')
  return [mantissa.replace('.', '').slice(0, PRECISION).replace(/0+$/, ''), Number(exponent)]
}
