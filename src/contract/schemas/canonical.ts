/**
 * JSON of a value with sorted keys. Two values are equal in the sense of JSON Schema exactly if these texts are
 * equal.
 */
export function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  const object = value as Record<string, unknown>
  const keys = Object.keys(object).sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(object[key])}`).join()}}`
}

/** A number as digits and a power of ten. It is exact, while a remainder in floating point is not. */
function decimal(value: number): { digits: bigint; power: number } {
  const [mantissa = '0', exponent = '0'] = String(value).split('e')
  const [whole = '0', fraction = ''] = mantissa.split('.')
  return { digits: BigInt(whole + fraction), power: Number(exponent) - fraction.length }
}

/** Whether `value` is an integer multiple of `step`, both taken as the decimals that were written. */
export function isMultiple(value: number, step: number): boolean {
  if (Number.isSafeInteger(value) && Number.isSafeInteger(step)) return value % step === 0
  const [a, b] = [decimal(value), decimal(step)]
  const least = Math.min(a.power, b.power)
  const scaled = ({ digits, power }: { digits: bigint; power: number }) =>
    digits * 10n ** BigInt(power - least)
  return scaled(a) % scaled(b) === 0n
}
